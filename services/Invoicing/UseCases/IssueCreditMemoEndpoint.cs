using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Issues a credit memo, for an invoice or on account.</summary>
public static class IssueCreditMemoEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/credit-memos", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<CreditMemoView>(StatusCodes.Status201Created)
        .Produces<ApprovalView>(StatusCodes.Status202Accepted)
        .WithSummary("Issue a credit memo");

    private static Task<IResult> HandleAsync(IssueCreditMemo request, HttpCommand command, DocumentNumbers numbers)
    {
        var issuing = new CreditMemoIssuing(command.Store, command.Clock);
        return command.CommitAsync(numbers, async cancellation =>
        {
            var (draft, invoice, refusal) = await issuing.DraftAsync(request, command.Caller, cancellation);
            if (draft is null)
                return refusal!;
            var required = await ApprovalRequests.RequiredAsync(
                command.Store, ApprovalRequests.CreditMemo, draft.Total, draft.Books, cancellation);
            return ApprovalRequests.Gate(
                issuing.Plan(draft, invoice, request.Apply, command.Metadata(request.Note)), required,
                ApprovalRequests.CreditMemo, draft.Total, draft.Books,
                $"Credit memo over {draft.Total} for {draft.InvoiceNumber ?? "the account"}", request, command,
                request.Note);
        });
    }

    /// <summary>What was approved, as it can be carried out now.</summary>
    internal static async Task<NumberedPlan> PlanAsync(
        IssueCreditMemo wish, HttpCommand command, string reason, CancellationToken cancellation)
    {
        var issuing = new CreditMemoIssuing(command.Store, command.Clock);
        var (draft, invoice, refusal) = await issuing.DraftAsync(wish, command.Caller, cancellation);
        return draft is null ? refusal! : issuing.Plan(draft, invoice, wish.Apply, command.Metadata(reason));
    }
}
