"""A consent and cookie service without scripts: web and cli call services, services call storage, all know domain."""

__version__ = "0.1.0"
