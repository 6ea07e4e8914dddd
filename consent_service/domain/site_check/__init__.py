"""What must hold of a site file before it is served, and what is advised."""
