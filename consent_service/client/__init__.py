"""What a shop installs: verify the cookie, ask the check API, embed the banner; no Flask, no peewee."""
