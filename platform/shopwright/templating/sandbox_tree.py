# SPDX-License-Identifier: Apache-2.0
"""Rewrites the syntax tree of an untrusted template, so that everything that can grow passes a check."""

from typing import Any

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.visitor import NodeTransformer

TAKEN, COUNTED, JOINED, COMPARABLE, KEY, WRITTEN = (
    "_taken", "_counted", "_joined", "_comparable", "_key", "_written",
)  # fmt: skip
"""Names of the checks, which are filters; no template can write such a name before the tree is rewritten."""
CHECKS = frozenset({TAKEN, COUNTED, JOINED, COMPARABLE, KEY, WRITTEN})


def guard(tree: nodes.Template, name: str | None) -> nodes.Template:
    """Put the checks in.

    Raises:
        TemplateSyntaxError: the template uses what is not available; names the line.
    """
    for used in list(tree.find_all(nodes.Filter)):
        if used.name in CHECKS:
            raise TemplateSyntaxError(f"No filter named {used.name!r}.", used.lineno, name)
    for modifier in tree.find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)):
        raise TemplateSyntaxError("autoescape is always on.", modifier.lineno, name)
    _guard_statements(tree, name)
    _guard_expressions(tree)
    return tree


def _guard_statements(tree: nodes.Template, name: str | None) -> None:
    for loop in list(tree.find_all(nodes.For)):
        if loop.recursive:
            raise TemplateSyntaxError("Recursive loops are not available.", loop.lineno, name)
        loop.iter = _checked(TAKEN, loop.iter)
    for other in list(tree.find_all((nodes.Include, nodes.Import, nodes.FromImport))):
        include: Any = other
        include.template = _checked(COUNTED, include.template)
    for output in list(tree.find_all(nodes.Output)):
        length = sum(len(child.data) for child in output.nodes if isinstance(child, nodes.TemplateData))
        if length:
            output.nodes.append(_checked(WRITTEN, nodes.Const(length, lineno=output.lineno)))


def _guard_expressions(tree: nodes.Template) -> None:
    for comparison in list(tree.find_all(nodes.Compare)):
        comparison.expr = _checked(COMPARABLE, comparison.expr)
        for operand in comparison.ops:
            operand.expr = _checked(COMPARABLE, operand.expr)
    for mapping in list(tree.find_all(nodes.Dict)):
        for pair in mapping.items:
            pair.key = _checked(KEY, pair.key)
    _Joins().visit(tree)


class _Joins(NodeTransformer):
    """Makes ``a ~ b`` a call of a check that puts them together."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - named by the visitor
        self.generic_visit(node)
        return _checked(JOINED, nodes.List(node.nodes, lineno=node.lineno))


def _checked(check: str, node: Any) -> nodes.Filter:
    return nodes.Filter(node, check, [], [], None, None, lineno=node.lineno)
