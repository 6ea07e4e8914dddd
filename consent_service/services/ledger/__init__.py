"""Reading, signing, exporting and verifying consent records."""
