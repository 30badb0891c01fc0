"""Spectral lines of supernovae that the spectrum plots mark.

Rest wavelengths in air, rounded to Å. A blend is represented by the single wavelength that is
customary for velocities of supernovae (Si II 6347 and 6371 at 6355).
"""

ION_LINES = {
    "Ca II H&K": 3945.0,
    "Hβ": 4861.0,
    "Fe II": 5169.0,
    "S II": 5640.0,
    "He I": 5876.0,
    "Si II": 6355.0,
    "Hα": 6563.0,
    "O I": 7774.0,
    "Ca II IR": 8579.0,
}


def mark_lines(ax, redshift, lines=None):
    """Mark lines at a redshift, with their names above the data, and add an axis at rest on top.

    Parameters
    ----------
    ax : matplotlib Axes
        Axes over observer-frame wavelengths in Å, with final limits.
    redshift : float
        Redshift of the object.
    lines : dict of str to float, optional
        Name and rest wavelength (Å); by default the nine lines of ``ION_LINES``.
    """
    lines = ION_LINES if lines is None else lines
    stretch = 1.0 + redshift
    bottom, top = ax.get_ylim()
    # Reserve space for the names in inches, independently of the number of spectra.
    height = ax.bbox.height / ax.figure.dpi
    room = min(0.45, 0.75 / max(1.0, height - 0.4))
    top = bottom + (top - bottom) / (1 - room)
    ax.set_ylim(bottom, top)
    low, high = ax.get_xlim()
    for name, rest in lines.items():
        if low < rest * stretch < high:
            ax.axvline(rest * stretch, ymax=1 - room, color="0.75", linewidth=0.8, zorder=0)
            ax.text(
                rest * stretch,
                1 - room + 0.01,
                name,
                rotation=90,
                ha="center",
                va="bottom",
                fontsize=8,
                color="0.25",
                transform=ax.get_xaxis_transform(),
            )
    above = ax.secondary_xaxis(
        "top", functions=(lambda seen: seen / stretch, lambda rest: rest * stretch)
    )
    above.set_xlabel("Rest wavelength (Å)")
