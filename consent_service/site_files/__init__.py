"""Site files: TOML read into the values of domain.site."""
