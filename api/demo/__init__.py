"""The demo: the main job from source files to chart and report, measured against the planted truth."""
