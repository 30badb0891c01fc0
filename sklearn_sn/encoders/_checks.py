"""Checks that several encoders share."""


def check_heads(encoder):
    """Raise a ValueError unless 'd_model' is even and a multiple of 'n_heads'."""
    if encoder.d_model % encoder.n_heads or encoder.d_model % 2:
        raise ValueError(
            f"The 'd_model' parameter of {type(encoder).__name__} must be even and a multiple of "
            f"'n_heads'. Got {encoder.d_model} and {encoder.n_heads} instead."
        )
