using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Issues the invoice over a delivery of which part was paid ahead, netted with the deposits in one transaction. It
/// draws its number by itself: what a deposit holds is decided on the version that was seen.
/// </summary>
internal static class IssueNettedInvoice
{
    private const int MaxDeposits = 50;

    private sealed record Deposit(Guid Id, Loaded<Invoice> Loaded, Money? Amount);

    private sealed record Netting(
        IReadOnlyList<object> Events, IReadOnlyList<DepositSettlement> Settlements, Refusal? Refusal = null);

    public static Task<IResult> HandleAsync(
        IssueInvoice request, HttpCommand command, DocumentNumbers numbers, AccountingCalendars calendars)
    {
        var id = Ids.Next(command.Clock);
        return command.CommitAsync(numbers, async cancellation =>
        {
            var (plain, now) = (request with { Deposits = null }, command.Clock.GetUtcNow());
            var account = (await BillingAccounts.LoadAsync(command, [plain], now))[0];
            var (draft, refusal) = IssueInvoiceEndpoint.Draft(plain, account, command.Caller, now);
            if (draft is null)
                return refusal!;
            await calendars.RefreshAsync(cancellation);
            var (deposits, unknown) = await LoadAsync(request.Deposits!, draft, command.Store, cancellation);
            if (unknown is not null)
                return unknown;
            var context = calendars.Context(draft.Books.LegalEntity, command.Caller);
            return Plan(id, draft, deposits, context, command);
        });
    }

    private static NumberedPlan Plan(
        Guid id, InvoiceDraft draft, IReadOnlyList<Deposit> deposits, PostingContext context, HttpCommand command)
    {
        // Decided once without a number: what is refused leaves no hole in the series.
        if (Decide(id, draft, "", deposits, context, command.Clock).Refusal is { } refusal)
            return refusal;
        var series = NumberSeries.Invoices(draft.Books.LegalEntity, draft.InvoiceDate);
        return NumberedPlan.Write([series], drawn =>
        {
            var (events, settlements, _) = Decide(id, draft, drawn.Next(series), deposits, context, command.Clock);
            var batch = new WriteBatch(command.Metadata()).Append(InvoiceStream.Type, id, 0, events);
            foreach (var (deposit, settlement) in deposits.Zip(settlements))
            {
                batch.Append(
                    InvoiceStream.Type, deposit.Id, deposit.Loaded.Version, settlement.DepositEvents);
            }

            var invoice = events.Aggregate(Invoice.Initial, Invoice.Evolve);
            return (batch, Reply.Created(
                $"/v1/invoices/{id}", InvoiceView.Of(id, invoice, events.Count), events.Count));
        });
    }

    /// <summary>Netted on the date of the invoice where the deposit was paid by then.</summary>
    private static Netting Decide(
        Guid id, InvoiceDraft draft, string number, IReadOnlyList<Deposit> deposits, PostingContext context,
        TimeProvider clock)
    {
        var events = new List<object>(InvoiceDecider.Issue(Invoice.Initial, draft, number).Events);
        var settlements = new List<DepositSettlement>();
        foreach (var (depositId, loaded, amount) in deposits)
        {
            var day = loaded.State.LastPosting > draft.InvoiceDate ? (DateOnly?)null : draft.InvoiceDate;
            var settlement = new DepositSettlement(
                depositId, loaded.State, context with { Wanted = day }, () => Ids.Next(clock),
                new HashSet<Guid> { loaded.State.Issued!.CustomerId, draft.CustomerId });
            var decision = settlement.Settle(id, events.Aggregate(Invoice.Initial, Invoice.Evolve), amount);
            if (decision.Refusal is { } refusal)
                return new Netting([], [], refusal);
            events.AddRange(decision.Events);
            settlements.Add(settlement);
        }

        return new Netting(events, settlements);
    }

    private static async Task<(IReadOnlyList<Deposit> Deposits, Refusal? Refusal)> LoadAsync(
        IReadOnlyList<NettedDeposit> wanted, InvoiceDraft draft, EventStore store, CancellationToken cancellation)
    {
        var found = new List<Deposit>();
        if (wanted.Count > MaxDeposits || wanted.DistinctBy(one => one.DepositId).Count() < wanted.Count)
        {
            return (found, InvoiceRefusals.Invalid(
                "/deposits", $"An invoice is netted with at most {MaxDeposits} deposits, each named once."));
        }

        var account = await CustomerGroups.OfAsync(store.Database, draft.CustomerId, cancellation);
        foreach (var (index, one) in wanted.Index())
        {
            var loaded = await store.LoadAsync(InvoiceStream.Type, one.DepositId, cancellation);
            if (!loaded.State.IsDeposit || !account.Contains(loaded.State.Issued!.CustomerId))
                return (found, DepositRefusals.Unknown(one.DepositId) with { Field = $"/deposits/{index}/depositId" });
            if (!CreditMemoAccess.TryAmount(one.Amount, loaded.State.Currency, out var amount))
            {
                return (found, InvoiceRefusals.Invalid(
                    $"/deposits/{index}/amount", $"The amount is one of {loaded.State.Currency}, above zero."));
            }

            found.Add(new Deposit(one.DepositId, loaded, amount));
        }

        return (found, null);
    }
}
