from __future__ import annotations

import copy
import pickle

from inspector.forms.unset import UNSET


def test_unset_is_itself_alone() -> None:
    assert UNSET is not None
    assert not UNSET
    assert copy.deepcopy(UNSET) is UNSET
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET
    assert repr(UNSET) == "UNSET"
