"""What is kept of a load beside its records, so that its refused rows can be tried again."""

from pathlib import Path
from tempfile import TemporaryDirectory

from graphcore.evidence.ledger import LoadNote
from graphcore.lexicon import Lexicon
from graphcore.workspace import Workspace
from ingest.mapping.model import MappingWords
from ingest.mapping.read import read_mapping
from ingest.pipeline.plan import mapping_identity
from ingest.registry import SOURCES


def load_note(
    source: str, mapping: Path | None, words: MappingWords, lexicon: Lexicon | None = None
) -> LoadNote:
    """The note of a load under ``words``: the mapping's own text is kept, once for each mapping.

    ``lexicon``: where the mapping codes with it, other words of it make another load.
    """
    found = SOURCES[source].mapping if mapping is None else mapping
    text = found.read_text(encoding="utf-8")
    return LoadNote(source, mapping is None, identity_of(words, lexicon), found.name, text)


def identity_of(words: MappingWords, lexicon: Lexicon | None) -> str:
    """What makes two mappings the same: their words, and those of the lexicon where they code with it."""
    identity = mapping_identity(words)
    return identity if lexicon is None else f"{identity}:{lexicon.hash[:16]}"


def coding_lexicon(workspace: Workspace, words: MappingWords) -> Lexicon | None:
    """The workspace's lexicon where the mapping codes with it (``clean: code:LIST``), else None."""
    return workspace.ledger.lexicon.lexicon() if "'code:" in repr(words) else None


def kept_words(note: LoadNote) -> MappingWords:
    """The mapping of a load as it was then.

    Raises:
        MappingError: this version of the language does not know it any more.
    """
    with TemporaryDirectory() as folder:
        kept = Path(folder, note.mapping_name or "mapping.yaml")
        kept.write_text(note.mapping_text, encoding="utf-8")
        return read_mapping(kept)
