using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Issues a debit memo by hand, such as a fee. It is owed, aged and paid as an invoice is. What a payer kept back of an
/// invoice is charged back there (<see cref="ChargeBackInvoice"/>): billed by hand it would be owed twice.
/// </summary>
public static class IssueDebitMemo
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/debit-memos", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<InvoiceView>(StatusCodes.Status201Created)
        .WithSummary("Issue a debit memo; then it is found among the invoices");

    private static Task<IResult> HandleAsync(IssueInvoice request, HttpCommand command, DocumentNumbers numbers) =>
        DocumentIssuing.IssueAsync(request, command, numbers, Draft);

    /// <summary>Priced as an invoice; lines that name no account are finance charges.</summary>
    internal static (InvoiceDraft? Draft, Refusal? Refusal) Draft(
        IssueInvoice wish, BillingAccount account, DateTimeOffset now)
    {
        var charges = account.Books.Accounts.Other.FinanceCharges;
        var books = account.Books with { Accounts = account.Books.Accounts with { Revenue = charges } };
        var (draft, refusal) = InvoiceDraft.Of(wish, account with { Books = books }, now);
        return (draft is null ? null : draft with { Kind = DocumentKind.DebitMemo, Books = account.Books }, refusal);
    }
}
