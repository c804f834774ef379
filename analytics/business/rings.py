"""Rings of owners: entities that, along ownership and control, own themselves. Iterative, so depth does not matter."""

from collections import deque
from collections.abc import Iterable, Mapping

Successors = Mapping[str, Iterable[str]]


def components(nodes: Iterable[str], successors: Successors) -> list[tuple[str, ...]]:
    """Strongly connected components, each ascending; a component comes after all that it leads to (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    waiting: list[str] = []
    on_stack: set[str] = set()
    found: list[tuple[str, ...]] = []
    for root in sorted(nodes):
        if root in index:
            continue
        work = [(root, iter(sorted(successors.get(root, ()))))]
        while work:
            node, rest = work[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                waiting.append(node)
                on_stack.add(node)
            for other in rest:
                if other not in index:
                    work.append((other, iter(sorted(successors.get(other, ())))))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    found.append(_unwind(node, waiting, on_stack))
    return found


def _unwind(root: str, waiting: list[str], on_stack: set[str]) -> tuple[str, ...]:
    members: list[str] = []
    while True:
        node = waiting.pop()
        on_stack.discard(node)
        members.append(node)
        if node == root:
            return tuple(sorted(members))


def is_ring(component: tuple[str, ...], successors: Successors) -> bool:
    """True for two or more members, or one that owns itself."""
    return len(component) > 1 or any(node in successors.get(node, ()) for node in component)


def shortest_ring(component: tuple[str, ...], successors: Successors) -> tuple[str, ...]:
    """The shortest way around from the smallest uid back to itself (its members once, in order of ownership)."""
    start, inside = component[0], set(component)
    before: dict[str, str] = {}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for other in sorted(set(successors.get(node, ())) & inside):
            if other == start:
                ring = [node]
                while ring[-1] != start:
                    ring.append(before[ring[-1]])
                return tuple(reversed(ring))
            if other not in before:
                before[other] = node
                queue.append(other)
    return component
