using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.InvoiceDrafts;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Issues what a draft says, under the next number, by the customer's terms, rates and calendar as they are now. Both
/// are written in one transaction, so a draft becomes one invoice, whoever issues it and however often.
/// </summary>
public static class IssueInvoiceDraft
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/invoice-drafts/{id:guid}/issue", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<InvoiceView>(StatusCodes.Status201Created)
        .WithSummary("Issue the invoice that a draft is of");

    private static Task<IResult> HandleAsync(Guid id, HttpCommand command, DocumentNumbers numbers) =>
        command.CommitAsync(numbers, async cancellation =>
        {
            var (drafted, version) = await command.Store.LoadAsync(DraftedInvoiceStream.Type, id, cancellation);
            if (drafted.Saved is not { } saved)
                return DraftedInvoiceDecider.NotFound(id);
            if (command.Caller.Deny(saved.LegalEntity) is { } denied)
                return denied;
            command.Expect(version);
            if (DraftedInvoiceDecider.Ended(drafted) is { } ended)
                return ended;
            var now = command.Clock.GetUtcNow();
            var accounts = await BillingAccounts.LoadAsync(command, [saved.Wish], now);
            var (draft, refusal) = IssueInvoiceEndpoint.Draft(saved.Wish, accounts[0], command.Caller, now);
            return draft is null ? refusal! : Plan(id, version, draft, command.Metadata());
        });

    private static NumberedPlan Plan(Guid draftId, long version, InvoiceDraft draft, EventMetadata metadata)
    {
        var (id, series) = (
            DraftedInvoiceStream.InvoiceId(draftId),
            NumberSeries.Invoices(draft.Books.LegalEntity, draft.InvoiceDate));
        return NumberedPlan.Write([series], drawn =>
        {
            var issued = (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, drawn.Next(series)).Events[0];
            return (
                new WriteBatch(metadata)
                    .Append(
                        DraftedInvoiceStream.Type, draftId, version, [new InvoiceDraftIssued(id, issued.Number)])
                    .Append(InvoiceStream.Type, id, 0, [issued]),
                Reply.Created($"/v1/invoices/{id}", InvoiceView.Of(new IssuedInvoice(id, issued)), 1));
        });
    }
}
