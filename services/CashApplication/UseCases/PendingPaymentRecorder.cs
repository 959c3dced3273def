using Dapper;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Takes in money on its way: finds out whose it will be and what it will pay as matching would, and else takes it that
/// it pays the customer's oldest items. It decides nothing by that: it only says for what nobody is to be dunned.
/// </summary>
public sealed class PendingPaymentRecorder(EventStore store, ReceiptMatching matching)
{
    /// <summary>A payment covers no more items than this.</summary>
    private const int MostItems = 1_000;

    /// <summary>Days beyond its booking that a bank's own entry is thought to need at most.</summary>
    private const int MostDaysOfBank = PendingPaymentDecider.MostDays - PendingPaymentDecider.DaysOfGrace;

    /// <summary>Days in which a settled entry may still be shown as pending by a report that was made before.</summary>
    private const int DaysOfReports = 5;

    /// <summary>
    /// Days after which an entry that says the same is another one, where the earlier one ended otherwise: payers
    /// repeat themselves monthly.
    /// </summary>
    private const int DaysUntilRepeated = 25;

    /// <summary>How often an entry that says the same may come again.</summary>
    private const int MostRepetitions = 500;

    private const string Known =
        "select id, status, since from pending_payments where id = any(@ids)";

    private const string Covered = """
        select (i ->> 'InvoiceId')::uuid as invoice_id, (i ->> 'Installment')::int as installment,
            sum((i -> 'Amount' ->> 'amount')::numeric) as amount
        from (
            select distinct p.id from unnest(@invoices) as invoice (id)
            join pending_payments p on p.status = 'pending'
                and p.items @> jsonb_build_array(jsonb_build_object('InvoiceId', invoice.id))
            where p.id <> all(@replaced)
        ) f
        join pending_payments p using (id) cross join lateral jsonb_array_elements(p.items) i group by 1, 2
        """;

    /// <summary>What the bank's files show as pending, as it is taken in.</summary>
    public static PendingPaymentRecorded Of(IncomingReceipt payment, string legalEntity, string bankAccount)
    {
        ArgumentNullException.ThrowIfNull(payment);
        var since = payment.Source.BookingDate;
        var latest = since.AddDays(MostDaysOfBank);
        var expected = payment.ValueDate < since ? since : payment.ValueDate > latest ? latest : payment.ValueDate;
        return new PendingPaymentRecorded(
            legalEntity, payment.Method, PendingStages.Announced, payment.Amount, since, expected,
            expected.AddDays(PendingPaymentDecider.DaysOfGrace), payment.Payer, payment.Remittance, null, null,
            bankAccount, payment.CheckNumber, null, payment.Source, []);
    }

    /// <summary>
    /// Adds them to a write, but for those that are known: a bank shows the same entry until it books it, and what a
    /// caller told before is the same money (<see cref="PendingTwins"/>). What the bank showed before a caller tells it
    /// gives way to what is told. Gives what was added.
    /// </summary>
    public async Task<IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)>> AddAsync(
        WriteBatch batch, string legalEntity, IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)> told,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(told);
        if (told.Count == 0)
            return [];
        var present = await PendingTwins.PresentAsync(store.Database, legalEntity, told, cancellation);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var all = told;
        told = await NewAsync(connection, told, cancellation);
        var matches = await MatchAsync(legalEntity, told, cancellation);
        told = [.. told.Zip(matches, (one, match) => (one.Id, one.Fact with { CustomerId = match.CustomerId }))];
        var twins = await PendingTwins.FindAsync(connection, legalEntity, told, cancellation);
        var replaced = twins.Where(twin => twin.IsBanks).Select(twin => twin.Known).ToArray();
        var covered = await CoveredAsync(connection, matches, replaced, cancellation);
        var known = twins.Where(twin => !twin.IsBanks).Select(twin => twin.Told).ToHashSet();
        var added = new List<(Guid, PendingPaymentRecorded)>(told.Count);
        foreach (var ((id, fact), match) in told.Zip(matches))
        {
            if (known.Contains(id))
                continue;
            var complete = fact with
            {
                IdentifiedBy = fact.IdentifiedBy == "caller" ? "caller" : match.IdentifiedBy,
                Items = ItemsOf(id, fact.Amount, match, covered),
            };
            var decided = PendingPaymentDecider.Record(PendingPayment.Initial, complete);
            if (decided.Refusal is { } refusal)
                throw new InvalidOperationException($"A pending payment was refused: {refusal.Detail}");
            batch.Append(PendingPayment.Type, id, 0, decided.Events);
            added.Add((id, complete));
        }

        foreach (var id in replaced)
        {
            var (pending, version) = await store.LoadAsync(PendingPayment.Type, id, cancellation);
            batch.Append(PendingPayment.Type, id, version, PendingPaymentDecider.Replace(pending).Events);
        }

        PendingTwins.Guard(batch, legalEntity, all, present);
        return added;
    }

    /// <summary>
    /// Those that are not known yet, each once. An entry that says the same as one of long ago is another one, and has
    /// an identifier of its own.
    /// </summary>
    private static async Task<IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)>> NewAsync(
        System.Data.Common.DbConnection connection, IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)> told,
        CancellationToken cancellation)
    {
        var found = new List<(Guid Id, PendingPaymentRecorded Fact)>(told.Count);
        var left = told;
        for (var round = 0; left.Count > 0 && round < MostRepetitions; round++)
        {
            var rows = (await connection.QueryAsync<(Guid Id, string Status, DateOnly Since)>(new CommandDefinition(
                Known, new { ids = left.Select(one => one.Id).ToArray() }, cancellationToken: cancellation)))
                .ToDictionary(row => row.Id);
            found.AddRange(left.Where(one => !rows.ContainsKey(one.Id)));
            left =
            [
                .. left
                    .Where(one => rows.TryGetValue(one.Id, out var row) && IsAnother(one.Fact, row.Status, row.Since))
                    .Select(one => (Ids.From("pending-again", one.Id.ToString("N")), one.Fact)),
            ];
        }

        return [.. found.DistinctBy(one => one.Id)];
    }

    private static bool IsAnother(PendingPaymentRecorded told, string status, DateOnly since) =>
        told.Source is not null && status != "pending"
        && told.Since.DayNumber - since.DayNumber
            > (status == PendingOutcomes.Settled ? DaysOfReports : DaysUntilRepeated);

    /// <summary>What each would be for if it were there.</summary>
    private async Task<IReadOnlyList<Expected>> MatchAsync(
        string legalEntity, IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)> told, CancellationToken cancellation)
    {
        var settings = await matching.SettingsAsync(legalEntity, cancellation);
        Payment[] payments =
        [
            .. told.Select(one => new Payment(
                one.Fact.Amount, one.Fact.Payer.Name, one.Fact.Payer.Account, one.Fact.Remittance,
                one.Fact.CustomerId, one.Fact.ExpectedOn, one.Fact.CheckNumber,
                PayerBank: one.Fact.Payer.Bank)),
        ];
        var facts = await matching.FactsAsync(legalEntity, payments, settings, cancellation);
        return
        [
            .. payments.Select(payment =>
            {
                var those = facts[payment.Amount.Currency];
                var match = Matcher.Match(payment, those, settings);
                return new Expected(
                    match.CustomerId, match.IdentifiedBy, match.Chosen?.Lines,
                    match.CustomerId is { } customer ? those.Of(customer) : []);
            }),
        ];
    }

    /// <summary>
    /// What other pending payments are to pay of the items that these may be for, whoever's money it is.
    /// </summary>
    private static async Task<Dictionary<(Guid InvoiceId, int Installment), decimal>> CoveredAsync(
        System.Data.Common.DbConnection connection, IReadOnlyList<Expected> matches, Guid[] replaced,
        CancellationToken cancellation)
    {
        Guid[] invoices =
        [
            .. matches.SelectMany(match => match.Open.Select(item => item.InvoiceId)).Distinct(),
        ];
        return (await connection.QueryAsync<(Guid InvoiceId, int Installment, decimal Amount)>(new CommandDefinition(
            Covered, new { invoices, replaced }, cancellationToken: cancellation)))
            .ToDictionary(row => (row.InvoiceId, row.Installment), row => row.Amount);
    }

    private static List<PendingItem> ItemsOf(
        Guid id, Money amount, Expected match, Dictionary<(Guid InvoiceId, int Installment), decimal> covered)
    {
        var items = new List<PendingItem>();
        foreach (var line in match.Lines ?? [])
            Take(line.InvoiceId, line.Installment, line.InvoiceNumber, line.Settled);
        if (match.Lines is not null)
            return items;
        var left = amount;
        foreach (var item in match.Open)
        {
            if (!left.IsPositive || items.Count == MostItems)
                break;
            var free = item.Available - Money.Of(covered.GetValueOrDefault(item.Id), amount.Currency);
            if (!free.IsPositive)
                continue;
            Take(item.InvoiceId, item.Installment, item.InvoiceNumber, Money.Min(free, left));
            left -= Money.Min(free, left);
        }

        return items;

        void Take(Guid invoiceId, int installment, string number, Money part)
        {
            covered[(invoiceId, installment)] = covered.GetValueOrDefault((invoiceId, installment)) + part.Amount;
            items.Add(new PendingItem(
                Ids.From("pending-item", $"{id:N}", $"{invoiceId:N}/{installment}"), invoiceId, installment, number,
                part));
        }
    }

    /// <summary>Whose money it will be, what it is certain to pay or null, and what that customer owes by due date.
    /// </summary>
    private sealed record Expected(
        Guid? CustomerId, string? IdentifiedBy, IReadOnlyList<MatchLine>? Lines, IEnumerable<Candidate> Open);
}
