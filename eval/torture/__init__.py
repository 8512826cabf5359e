"""Kill the library's writers at random moments, and see that nothing acknowledged is lost.

``scene.py`` makes small reports and plans what is done with them, ``phases.py`` tells where a
writer is, ``victim.py`` is the writer, ``witness.py`` looks at the library afterwards in a
fresh process, ``run.py`` does it many times, ``record.py`` writes down what came of it.
"""
