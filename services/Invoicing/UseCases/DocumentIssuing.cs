using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Issues a document that is billed as an invoice is and has numbers of its own: a debit memo, a deposit.
/// </summary>
internal static class DocumentIssuing
{
    /// <summary>Issues what a person asks for.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="command">Who asks.</param>
    /// <param name="numbers">Where numbers come from.</param>
    /// <param name="price">Makes the document of the account that it is billed to, or says why not.</param>
    public static Task<IResult> IssueAsync(
        IssueInvoice request, HttpCommand command, DocumentNumbers numbers,
        Func<IssueInvoice, BillingAccount, DateTimeOffset, (InvoiceDraft? Draft, Refusal? Refusal)> price)
    {
        var id = Ids.Next(command.Clock);
        return command.CommitAsync(numbers, async _ =>
        {
            var now = command.Clock.GetUtcNow();
            if ((await BillingAccounts.LoadAsync(command, [request], now))[0] is not { } account)
                return InvoiceRefusals.UnknownCustomer(request.CustomerId);
            if (command.Caller.Deny(account.Books.LegalEntity) is { } denied)
                return denied;
            var (draft, refusal) = price(request, account, now);
            return draft is null ? refusal! : Plan(id, draft, command.Metadata());
        });
    }

    /// <summary>The document under the next number of its kind.</summary>
    /// <param name="id">Its identifier.</param>
    /// <param name="draft">What it says.</param>
    /// <param name="metadata">Who issues it.</param>
    /// <param name="with">Adds what is written with it, or null.</param>
    public static NumberedPlan Plan(
        Guid id, InvoiceDraft draft, EventMetadata metadata, Action<WriteBatch, InvoiceIssued>? with = null)
    {
        var (entity, date) = (draft.Books.LegalEntity, draft.InvoiceDate);
        var series = draft.Kind == DocumentKind.Deposit
            ? NumberSeries.Deposits(entity, date)
            : NumberSeries.DebitMemos(entity, date);
        return NumberedPlan.Write([series], drawn =>
        {
            var issued = (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, drawn.Next(series)).Events[0];
            var batch = new WriteBatch(metadata).Append(InvoiceStream.Type, id, 0, [issued]);
            with?.Invoke(batch, issued);
            return (
                batch, Reply.Created($"/v1/invoices/{id}", InvoiceView.Of(new IssuedInvoice(id, issued)), 1));
        });
    }
}
