"""What the device can do, an ability a protocol, with its implementations beside it; no rule of the product lives here."""
