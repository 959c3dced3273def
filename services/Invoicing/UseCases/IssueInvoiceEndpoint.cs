using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Issues one invoice.</summary>
public static class IssueInvoiceEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/invoices", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<InvoiceView>(StatusCodes.Status201Created)
        .WithSummary("Issue an invoice");

    private static async Task<IResult> HandleAsync(
        IssueInvoice request, HttpCommand command, InvoiceIssuing issuing, DocumentNumbers numbers,
        AccountingCalendars calendars)
    {
        if (request.Deposits is { Count: > 0 })
            return await IssueNettedInvoice.HandleAsync(request, command, numbers, calendars);
        var now = command.Clock.GetUtcNow();
        var accounts = await BillingAccounts.LoadAsync(command, [request], now);
        var (draft, refusal) = Draft(request, accounts[0], command.Caller, now);
        return draft is null
            ? await command.RefuseAsync(refusal!)
            : await issuing.IssueAsync(
                new IssueRequest([draft], command.Metadata(), command.Key, issued => Created(issued[0])),
                command.Cancellation);
    }

    /// <summary>What is checked before anything is numbered; the same for one invoice and for each of many.</summary>
    internal static (InvoiceDraft? Draft, Refusal? Refusal) Draft(
        IssueInvoice request, BillingAccount? account, Caller caller, DateTimeOffset now)
    {
        if (account is null)
            return (null, InvoiceRefusals.UnknownCustomer(request.CustomerId));
        return caller.Deny(account.Books.LegalEntity) is { } denied
            ? (null, denied)
            : InvoiceDraft.Of(request, account, now);
    }

    /// <summary>
    /// Issues under an identifier that comes from what is billed, outside the lane: what is billed twice collides.
    /// </summary>
    internal static NumberedPlan Plan(Guid id, InvoiceDraft draft, EventMetadata metadata)
    {
        var series = NumberSeries.Invoices(draft.Books.LegalEntity, draft.InvoiceDate);
        return NumberedPlan.Write([series], drawn =>
        {
            var issued = (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, drawn.Next(series)).Events[0];
            return (new WriteBatch(metadata).Append(InvoiceStream.Type, id, 0, [issued]),
                Created(new IssuedInvoice(id, issued)));
        });
    }

    private static Reply Created(IssuedInvoice issued) =>
        Reply.Created($"/v1/invoices/{issued.Id}", InvoiceView.Of(issued), 1);
}
