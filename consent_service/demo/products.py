"""The products that the demo shop sells, and their prices in the visitor's currency."""

from dataclasses import dataclass

DEFAULT_CURRENCY = "GBP"
CURRENCIES = {"GBP": ("£", 100), "EUR": ("€", 117)}
"""Sign, and hundredths of the currency that one pound costs; an invented rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product; ``drawing`` names its picture and ``alt`` says what the picture shows."""

    key: str
    name: str
    pounds: int
    drawing: str
    alt: str
    text: str

    def price(self, currency: str) -> str:
        """Write the price, in whole units."""
        sign, rate = CURRENCIES[currency]
        return f"{sign}{self.pounds * rate // 100:,}"


PRODUCTS = {
    product.key: product
    for product in (
        Product(
            key="willow-ring",
            name="Willow ring",
            pounds=140,
            drawing="ring",
            alt="A plain gold band with a pale green stone",
            text="A narrow band in recycled gold with a square-cut stone. Made to your size in about ten days.",
        ),
        Product(
            key="river-chain",
            name="River chain",
            pounds=95,
            drawing="chain",
            alt="A fine chain that carries one dark red stone",
            text="Forty-five centimetres of fine links. The stone moves freely along the chain.",
        ),
        Product(
            key="wren-studs",
            name="Wren ear studs",
            pounds=60,
            drawing="studs",
            alt="Two round ear studs in polished brass",
            text="Small, light, and polished by hand. The posts are surgical steel.",
        ),
        Product(
            key="meadow-brooch",
            name="Meadow brooch",
            pounds=180,
            drawing="brooch",
            alt="A brooch in the shape of a flower with four green petals",
            text="Four enamelled petals round a brass heart. No two are quite the same green.",
        ),
    )
}
