using Dapper;
using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Turns what a payer kept back of an invoice into a debit memo of its own, linked both ways, in one transaction; and
/// takes that back while nothing of it is settled. Nothing is lost or sold by it, so nobody approves it; only one that
/// is due later than the installment was is for those whom the matrix lets move due dates of the whole invoice alone.
/// </summary>
public static class ChargeBackInvoice
{
    /// <summary>What is to be owed by itself.</summary>
    /// <param name="Reason">Why the payer kept it back; stands on the chargeback, 1 to 300 characters.</param>
    /// <param name="Installment">From 1.</param>
    /// <param name="Amount">Of the invoice's currency; without it all that is open on the installment.</param>
    /// <param name="DueDate">Of the chargeback, from its date on; without it that of the installment, which may have
    /// passed.</param>
    /// <param name="Reference">What the payer calls it, 1 to 100 characters; or null.</param>
    /// <param name="PostingDate">Its date, an open day since the last posting on the invoice; without it today.</param>
    public sealed record Request(
        string Reason, int Installment = 1, decimal? Amount = null, DateOnly? DueDate = null,
        string? Reference = null, DateOnly? PostingDate = null);

    /// <summary>Why it is taken back.</summary>
    /// <param name="Reason">Kept in the history of both.</param>
    /// <param name="PostingDate">An open day since the last posting on either; without it today.</param>
    public sealed record Reversal(string Reason, DateOnly? PostingDate = null);

    /// <summary>The two as they are after it.</summary>
    public sealed record Response(InvoiceView Chargeback, InvoiceView Invoice);

    private const string Expected =
        "select coalesce(sum(amount), 0) from expected_payments " +
        "where invoice_id = @invoiceId and installment = @installment";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/invoices/{id:guid}/chargebacks", ChargeBackAsync)
            .RequireScope(Scopes.InvoicingWrite)
            .Produces<Response>(StatusCodes.Status201Created)
            .WithSummary("Turn what a payer kept back of an invoice into a debit memo of its own");
        routes.MapPost("/invoices/{id:guid}/chargebacks/{chargebackId:guid}/reverse", ReverseAsync)
            .RequireScope(Scopes.InvoicingWrite)
            .Produces<Response>()
            .WithSummary("Take a chargeback back; the invoice is open again");
    }

    private static Task<IResult> ChargeBackAsync(
        Guid id, Request request, HttpCommand command, DocumentNumbers numbers, ApprovalGate gate,
        AccountingCalendars calendars)
    {
        var chargebackId = Ids.Next(command.Clock);
        return command.CommitAsync(numbers, async cancellation =>
        {
            var invoice = await command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
            if (invoice.State.Issued is not { } issued)
                return InvoiceRefusals.NotFound(id);
            if (command.Caller.Deny(issued.Books.LegalEntity) is { } denied)
                return denied;
            command.Expect(invoice.Version);
            if (Check(request) is { } wrong)
                return wrong;
            if (!CreditMemoAccess.TryAmount(request.Amount, invoice.State.Currency, out var amount))
                return AdjustInvoice.WrongAmount(invoice.State);
            await calendars.RefreshAsync(cancellation);
            var account = (await BillingAccounts.LoadAsync(
                command.Store.Database, [issued.CustomerId], cancellation))[issued.CustomerId];
            var origin = new ChargebackOrigin(
                id, issued.Number, request.Installment, request.Reason.Trim(), request.Reference);
            var expected = await ExpectedAsync(
                id, request.Installment, invoice.State.Currency, command.Store, cancellation);
            var (draft, refusal) = ChargebackDraft.Of(
                invoice.State, new ChargeBack(origin, amount, request.DueDate, expected), account.Status,
                calendars.Context(issued.Books.LegalEntity, command.Caller, request.PostingDate));
            if (draft is null)
                return refusal!;

            // What is due later is rescheduled: not past those who approve that.
            if (draft.IsDueLater
                && await AdjustInvoice.NeededToDelayAsync(id, invoice, command, gate) is { } needed)
                return ChargebackRefusals.DueLater(invoice.State, draft.OwedUntil, needed);
            return Pair(id, invoice, chargebackId, draft, command.Metadata(request.Reason));
        });
    }

    private static Refusal? Check(Request request) => request switch
    {
        _ when Refusal.Unexplained(request.Reason) is { } unexplained => unexplained,
        { Reference.Length: 0 or > 100 } =>
            InvoiceRefusals.Invalid("/reference", "The reference has 1 to 100 characters."),
        _ => null,
    };

    private static NumberedPlan Pair(
        Guid id, Loaded<Invoice> invoice, Guid chargebackId, ChargebackDraft draft, EventMetadata metadata)
    {
        var series = NumberSeries.DebitMemos(
            invoice.State.Issued!.Books.LegalEntity, draft.Entry.PostingDate);
        return NumberedPlan.Write([series], drawn =>
        {
            var (chargeback, onInvoice) = draft.Issue(chargebackId, drawn.Next(series));
            var batch = new WriteBatch(metadata)
                .Append(InvoiceStream.Type, id, invoice.Version, [onInvoice])
                .Append(InvoiceStream.Type, chargebackId, 0, [chargeback]);
            return (batch, Reply.Created($"/v1/invoices/{chargebackId}", new Response(
                InvoiceView.Of(new IssuedInvoice(chargebackId, chargeback)),
                InvoiceView.Of(id, Invoice.Evolve(invoice.State, onInvoice), invoice.Version + 1))));
        });
    }

    private static Task<IResult> ReverseAsync(
        Guid id, Guid chargebackId, Reversal request, HttpCommand command, AccountingCalendars calendars) =>
        command.CommitAsync(async cancellation =>
        {
            var (invoice, version) = await command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
            if (invoice.Issued is not { } issued)
                return InvoiceRefusals.NotFound(id);
            if (command.Caller.Deny(issued.Books.LegalEntity) is { } denied)
                return denied;
            command.Expect(version);
            if (Refusal.Unexplained(request.Reason) is { } unexplained)
                return unexplained;
            await calendars.RefreshAsync(cancellation);
            var chargeback = await command.Store.LoadAsync(InvoiceStream.Type, chargebackId, cancellation);
            var netted = await NettedDocuments.LoadAsync(command.Store, id, invoice, cancellation);
            var (reversal, refusal) = ChargebackReversal.Of(
                invoice, chargebackId, chargeback.State,
                await ExpectedAsync(chargebackId, 1, invoice.Currency, command.Store, cancellation),
                calendars.Context(issued.Books.LegalEntity, command.Caller, request.PostingDate), netted.Lacked());
            if (reversal is null)
                return refusal!;
            var batch = netted.Guard(new WriteBatch(command.Metadata(request.Reason))
                .Append(InvoiceStream.Type, id, version, [reversal.OnInvoice])
                .Append(InvoiceStream.Type, chargebackId, chargeback.Version, [reversal.OnChargeback]));
            return Plan.Write(batch, Reply.Ok(new Response(
                InvoiceView.Of(
                    chargebackId, Invoice.Evolve(chargeback.State, reversal.OnChargeback), chargeback.Version + 1),
                InvoiceView.Of(id, Invoice.Evolve(invoice, reversal.OnInvoice), version + 1)), version + 1));
        });

    /// <summary>What payments on their way are to pay of an installment.</summary>
    private static async Task<Money> ExpectedAsync(
        Guid invoiceId, int installment, Currency currency, EventStore store, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return Money.Of(await connection.ExecuteScalarAsync<decimal>(new CommandDefinition(
            Expected, new { invoiceId, installment }, cancellationToken: cancellation)), currency);
    }
}
