# SPDX-License-Identifier: Apache-2.0
"""The part of JSON Schema that docs/policy.schema.json uses, with nothing but the standard library."""
import re


def same(a, b):
    return type(a) is type(b) and a == b


def kind_of(value, name):
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool}
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kinds[name])


class Schema:
    KNOWN = {"$schema", "$comment", "$defs", "title", "description", "type", "additionalProperties", "required", "properties", "const", "enum",
             "pattern", "maxLength", "minimum", "maximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "items", "contains", "allOf",
             "anyOf", "not", "if", "then", "else", "$ref"}

    def __init__(self, root):
        self.root = root

    def resolve(self, ref):
        at = self.root
        for part in ref.removeprefix("#/").split("/"):
            at = at[part]
        return at

    def valid(self, value, schema=None):
        schema = self.root if schema is None else schema
        unknown = set(schema) - self.KNOWN
        assert not unknown, f"keywords that this validator does not know: {unknown}"
        return self.by_itself(value, schema) and self.together(value, schema)

    def by_itself(self, value, s):
        if "type" in s and not kind_of(value, s["type"]):
            return False
        if ("const" in s and not same(value, s["const"])) or ("enum" in s and not any(same(value, e) for e in s["enum"])):
            return False
        if isinstance(value, str):
            return len(value) <= s.get("maxLength", len(value)) and ("pattern" not in s or re.search(s["pattern"], value) is not None)
        if isinstance(value, bool):
            return True
        if isinstance(value, int):
            return s.get("minimum", value) <= value <= s.get("maximum", value) and value % s.get("multipleOf", 1) == 0
        if isinstance(value, list):
            return self.array(value, s)
        return not isinstance(value, dict) or self.object(value, s)

    def array(self, value, s):
        if not s.get("minItems", 0) <= len(value) <= s.get("maxItems", len(value)):
            return False
        if s.get("uniqueItems") and any(same(a, b) for i, a in enumerate(value) for b in value[:i]):
            return False
        if "contains" in s and not any(self.valid(v, s["contains"]) for v in value):
            return False
        return "items" not in s or all(self.valid(v, s["items"]) for v in value)

    def object(self, value, s):
        known = s.get("properties", {})
        if any(name not in value for name in s.get("required", [])):
            return False
        if s.get("additionalProperties") is False and any(name not in known for name in value):
            return False
        return all(self.valid(v, known[name]) for name, v in value.items() if name in known)

    def together(self, value, s):
        if "$ref" in s and not self.valid(value, self.resolve(s["$ref"])):
            return False
        if not all(self.valid(value, part) for part in s.get("allOf", [])):
            return False
        if "anyOf" in s and not any(self.valid(value, part) for part in s["anyOf"]):
            return False
        if "not" in s and self.valid(value, s["not"]):
            return False
        if "if" in s:
            branch = "then" if self.valid(value, s["if"]) else "else"
            return branch not in s or self.valid(value, s[branch])
        return True
