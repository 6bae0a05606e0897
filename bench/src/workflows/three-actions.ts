/** A workflow of three actions which reckon and touch nothing outside, each with what the one before it gave. */
export const threeActions = {
  name: "three-actions",
  inputs: { n: { type: "number", required: true } },
  triggers: [{ type: "manual" }],
  steps: [
    { id: "first", uses: "ai_comment_analyzer", with: { comment_body: "Please fix number ${{ inputs.n }}" } },
    {
      id: "second",
      uses: "ai_comment_analyzer",
      if: "steps.first.outputs.intent == 'fix_request'",
      with: { comment_body: "Why ${{ steps.first.outputs.intent }}?" },
    },
    {
      id: "third",
      uses: "ai_comment_analyzer",
      with: { comment_body: "${{ steps.second.outputs.response_template }}" },
    },
  ],
  outputs: { intent: "${{ steps.third.outputs.intent }}" },
};
