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
        .WithSummary("Issue a credit memo");

    private static Task<IResult> HandleAsync(IssueCreditMemo request, HttpCommand command, DocumentNumbers numbers)
    {
        var issuing = new CreditMemoIssuing(command.Store, command.Clock);
        return command.CommitAsync(numbers, async cancellation =>
        {
            var (draft, invoice, refusal) = await issuing.DraftAsync(request, command.Caller, cancellation);
            return draft is null
                ? refusal!
                : issuing.Plan(draft, invoice, request.Apply, command.Metadata(request.Note));
        });
    }
}
