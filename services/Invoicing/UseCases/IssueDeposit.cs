using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Bills a deposit ahead of the delivery: it is owed, aged and paid as an invoice is, its tax is owed from its date on,
/// and the rest is owed back until an invoice is netted with it.
/// </summary>
public static class IssueDeposit
{
    private const string Terms = "DUE ON RECEIPT";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/deposits", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<InvoiceView>(StatusCodes.Status201Created)
        .WithSummary("Bill a deposit; then it is found among the invoices");

    private static Task<IResult> HandleAsync(IssueInvoice request, HttpCommand command, DocumentNumbers numbers) =>
        DocumentIssuing.IssueAsync(request, command, numbers, Draft);

    /// <summary>
    /// Priced as an invoice, without revenue and discount; due at once unless it says otherwise. What is agreed with a
    /// customer are the terms of invoices.
    /// </summary>
    private static (InvoiceDraft? Draft, Refusal? Refusal) Draft(
        IssueInvoice wish, BillingAccount account, DateTimeOffset now)
    {
        var named = wish.Lines.Index().Where(line => line.Item.RevenueAccount is not null).ToList();
        if (named.Count > 0)
            return (null, DepositRefusals.NamesAccount(named[0].Index));
        var deposits = account.Books.Accounts.Other.CustomerDeposits;
        var books = account.Books with { Accounts = account.Books.Accounts with { Revenue = deposits } };
        var (draft, refusal) = InvoiceDraft.Of(
            wish with { Terms = wish.Terms ?? Terms }, account with { Books = books }, now);
        if (draft is null)
            return (null, refusal);
        return draft.Installments.Any(due => due.Discount is not null)
            ? (null, DepositRefusals.HasDiscount())
            : (draft with { Kind = DocumentKind.Deposit, Books = account.Books, AgreedTerms = draft.Terms }, null);
    }
}
