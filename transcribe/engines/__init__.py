"""Speech engines behind one interface; workers get theirs from ``transcribe.engines.openai_whisper``."""
