"""What each tool calls things, a file a tool."""
