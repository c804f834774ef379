"""``ocb search``, ``path``, ``rank`` and ``communities``: questions asked of your view of the graph."""

from typing import Annotated

import typer

from analytics.measures import MEASURES, find_communities, rank
from analytics.paths import ExplainedPath, shortest_paths
from api.cli.locate import locate
from api.cli.output import emit_json, say, table
from api.cli.state import consulting, opened, reading, state_of
from api.lexicon.service import added
from graphcore.lexicon import Added
from graphcore.lexicon import expand as expand_query
from graphcore.model import Entity
from graphcore.store.query import MAX_LINKS_IN_PATH, MAX_PATHS, PathQuery, SearchQuery
from graphcore.store.search import search as search_view

Types = Annotated[list[str] | None, typer.Option("--type", help="Only entities of this type.")]
LinkTypes = Annotated[
    list[str] | None, typer.Option("--link", help="Only links of this type (may be given again).")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(search)
    app.command()(path)
    app.command("rank")(rank_)
    app.command()(communities)


def _brief(entity: Entity) -> dict[str, object]:
    return {"uid": entity.uid, "type": entity.type, "kind": entity.kind, "caption": entity.caption}


def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Names, numbers, words; all must match.")],
    types: Types = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 20,
    exact: Annotated[bool, typer.Option("--exact", help="No spelling variants.")] = False,
    expand: Annotated[
        bool, typer.Option("--expand", help="Also find synonyms and variants of the lexicon; says which.")
    ] = False,
) -> None:
    """Find entities by text; spelling variants are found too."""
    state = state_of(context)
    query = SearchQuery(text, frozenset(types) if types else None, fuzzy=not exact, limit=limit)
    words: tuple[Added, ...] = ()
    asked: dict[str, object] = {"text": text, "types": types, "expand": expand}
    with opened(state) as workspace, consulting(state, workspace, "search", asked) as read:
        if expand:
            query, words = expand_query(workspace.ledger.lexicon.lexicon(), query)
        page = search_view(read.view, query)
        read.entry.done(count=len(page.hits), shown=[hit.entity.uid for hit in page.hits])
    if state.json:
        hits = [{**_brief(h.entity), "score": h.score, "sources": list(h.entity.sources)} for h in page.hits]
        emit_json({"total": page.total, "complete": page.complete, "added": added(words), "hits": hits})
        return
    for one in words:
        more = f" and {one.left_out} more" if one.left_out else ""
        say(f"also looked for, for {one.typed}: {', '.join(one.words)}{more} ({', '.join(one.terms)})")
    rows = [
        (h.entity.uid, h.entity.type, h.entity.caption, round(h.score), ", ".join(h.entity.sources))
        for h in page.hits
    ]
    table(f"{page.total:,} found", ("uid", "type", "caption", "likeness", "sources"), rows)


def path(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="uid, reference, source:reference or exact name.")
    ],
    target: Annotated[str, typer.Argument(metavar="TO", help="As FROM.")],
    k: Annotated[int, typer.Option("--k", min=1, max=MAX_PATHS, help="How many paths.")] = 3,
    max_links: Annotated[int, typer.Option("--max-links", min=1, max=MAX_LINKS_IN_PATH)] = 8,
    link_types: LinkTypes = None,
) -> None:
    """The shortest ways from one entity to another."""
    state = state_of(context)
    with reading(state, "path", {"from": source, "to": target}) as read:
        start, end = locate(read.view, read.evidence, source), locate(read.view, read.evidence, target)
        query = PathQuery(k=k, max_links=max_links, link_types=frozenset(link_types) if link_types else None)
        answer = shortest_paths(read.view, start.uid, end.uid, query)
        read.entry.done(count=len(answer.paths), shown=[start.uid, end.uid])
    if state.json:
        paths = [_path(found) for found in answer.paths]
        emit_json({"paths": paths, "truncated": answer.truncated, "left_out": list(answer.left_out)})
        return
    if not answer.paths:
        say("no path within the limits" + ("; the search was cut short" if answer.truncated else ""))
    for number, found in enumerate(answer.paths, 1):
        title = f"path {number}: {found.length} links"
        table(
            title, ("step", "what the records say"), [(n, step.text) for n, step in enumerate(found.steps, 1)]
        )
    if answer.left_out:
        say(
            f"not walked, because they join everybody: {', '.join(answer.left_out)} (choose links with --link)"
        )


def _path(found: ExplainedPath) -> dict[str, object]:
    links = [
        {"lid": s.lid, "type": s.type, "source": s.source, "target": s.target, "text": s.text}
        for s in found.steps
    ]
    return {"length": found.length, "entities": [_brief(e) for e in found.entities], "links": links}


def rank_(
    context: typer.Context,
    measure: Annotated[str, typer.Argument(help=f"One of: {', '.join(sorted(MEASURES))}.")],
    entity_type: Annotated[
        str | None, typer.Option("--type", help="Measure only entities of this type and links between them.")
    ] = None,
    link_types: LinkTypes = None,
    top: Annotated[int, typer.Option("--top", min=1, max=10_000)] = 20,
) -> None:
    """Who stands out by one measure, and what that does not say."""
    state = state_of(context)
    with reading(state, "rank", {"measure": measure, "type": entity_type, "links": link_types}) as read:
        ranking = rank(read.view, measure, entity_type, link_types, top=top)
        read.entry.done(count=len(ranking.rows), shown=[row.uid for row in ranking.rows])
    if state.json:
        rows = [
            {
                "rank": r.rank,
                "uid": r.uid,
                "type": r.type,
                "caption": r.caption,
                "value": r.value,
                "records": r.records,
            }
            for r in ranking.rows
        ]
        emit_json(
            {
                "measure": ranking.measure,
                "method": ranking.method,
                "entities": ranking.entities,
                "links": ranking.links,
                "entries": rows,
            }
        )
        return
    lines = [(r.rank, r.caption, r.type, r.value, r.records, r.uid) for r in ranking.rows]
    table(
        f"{ranking.measure} ({ranking.method})", ("rank", "caption", "type", "value", "records", "uid"), lines
    )
    say(f"{ranking.says} {ranking.does_not_say}")


def communities(
    context: typer.Context,
    entity_types: Types = None,
    link_types: LinkTypes = None,
    top: Annotated[int, typer.Option("--top", min=1, max=1000, help="How many communities.")] = 10,
    seed: Annotated[int, typer.Option("--seed")] = 0,
) -> None:
    """Groups with more links among themselves than chance gives (Leiden)."""
    state = state_of(context)
    with reading(state, "communities", {"types": entity_types, "links": link_types}) as read:
        found = find_communities(read.view, entity_types=entity_types, link_types=link_types, seed=seed)
        read.entry.done(count=len(found.communities))
    shown = found.communities[:top]
    if state.json:
        groups = [
            {
                "label": c.label,
                "size": c.size,
                "inside": c.inside,
                "outside": c.outside,
                "types": dict(c.types),
                "members": [
                    {"uid": m.uid, "type": m.type, "caption": m.caption, "inside": m.inside}
                    for m in c.members
                ],
                "groups": [
                    {"uid": g.uid, "caption": g.caption, "here": g.here, "known": g.known} for g in c.groups
                ],
            }
            for c in shown
        ]
        emit_json({"modularity": found.modularity, "total": len(found.communities), "communities": groups})
        return
    rows = [
        (
            c.label,
            c.size,
            ", ".join(m.caption for m in c.members[:3]),
            ", ".join(f"{g.caption} {g.here}/{g.known}" for g in c.groups),
        )
        for c in shown
    ]
    table(f"modularity {found.modularity:.3f}", ("community", "size", "best joined", "known groups"), rows)
