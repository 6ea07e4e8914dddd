"""Banner, choice and the page of cookie settings over HTTP."""
