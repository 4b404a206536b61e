import lit from "eslint-plugin-lit";
import litA11y from "eslint-plugin-lit-a11y";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/"] },
  ...tseslint.configs.recommended,
  lit.configs["flat/recommended"],
  {
    files: ["src/**/*.ts"],
    plugins: { "lit-a11y": litA11y },
    rules: {
      ...litA11y.configs.recommended.rules,
      // Nothing of a file or a person may become markup.
      "lit/no-invalid-html": "error",
      "no-restricted-imports": ["error", { patterns: ["lit/directives/unsafe-*"] }],
      "no-restricted-properties": ["error", { property: "innerHTML" }, { property: "outerHTML" }],
      eqeqeq: "error",
    },
  },
);
