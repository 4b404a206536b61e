"""Hypothesis strategies for JSON as printers report it."""

from hypothesis import strategies as st

# A small alphabet: making Unicode's tables takes seconds.
TEXT = st.text("0129aFfPL-. é\0", max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["ams", "tray", "id", "state", "device", "info", "vir_slot"]
            )
            | TEXT,
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
