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

    private const string Known = "select id from pending_payments where id = any(@ids)";

    private const string Told = """
        select customer_id, currency, amount from pending_payments
        where status = 'pending' and import_id is null and legal_entity = @legalEntity and customer_id is not null
            and currency = any(@currencies) and amount = any(@amounts)
        """;

    private const string Covered = """
        select (i ->> 'InvoiceId')::uuid as invoice_id, (i ->> 'Installment')::int as installment,
            sum((i -> 'Amount' ->> 'amount')::numeric) as amount
        from pending_payments p cross join lateral jsonb_array_elements(p.items) i
        where p.status = 'pending' and p.customer_id = any(@customers) group by 1, 2
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
    /// caller told of the same customer and amount is the same money. Gives what was added.
    /// </summary>
    public async Task<IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)>> AddAsync(
        WriteBatch batch, string legalEntity, IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)> told,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(told);
        if (told.Count == 0)
            return [];
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var known = (await connection.QueryAsync<Guid>(new CommandDefinition(
            Known, new { ids = told.Select(one => one.Id).ToArray() }, cancellationToken: cancellation))).ToHashSet();
        told = [.. told.Where(one => !known.Contains(one.Id)).DistinctBy(one => one.Id)];
        var matches = await MatchAsync(legalEntity, told, cancellation);
        var same = await ToldAsync(connection, legalEntity, told, cancellation);
        var covered = await CoveredAsync(connection, matches.Select(one => one.CustomerId), cancellation);
        var added = new List<(Guid, PendingPaymentRecorded)>(told.Count);
        foreach (var ((id, fact), match) in told.Zip(matches))
        {
            if (fact.Source is not null && match.CustomerId is { } payer && same.Remove((payer, fact.Amount)))
                continue;
            var complete = fact with
            {
                CustomerId = match.CustomerId,
                IdentifiedBy = fact.CustomerId is null ? match.IdentifiedBy : "caller",
                Items = ItemsOf(id, fact.Amount, match, covered),
            };
            var decided = PendingPaymentDecider.Record(PendingPayment.Initial, complete);
            if (decided.Refusal is { } refusal)
                throw new InvalidOperationException($"A pending payment was refused: {refusal.Detail}");
            batch.Append(PendingPayment.Type, id, 0, decided.Events);
            added.Add((id, complete));
        }

        return added;
    }

    /// <summary>What each would be for if it were there.</summary>
    private async Task<IReadOnlyList<Expected>> MatchAsync(
        string legalEntity, IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)> told, CancellationToken cancellation)
    {
        var settings = await matching.SettingsAsync(legalEntity, cancellation);
        Payment[] payments =
        [
            .. told.Select(one => new Payment(
                one.Fact.Amount, one.Fact.Payer.Name, one.Fact.Payer.Account, one.Fact.Remittance,
                one.Fact.CustomerId, one.Fact.ExpectedOn, one.Fact.CheckNumber)),
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

    /// <summary>What callers told already, and is not settled, as often as they told it.</summary>
    private static async Task<List<(Guid, Money)>> ToldAsync(
        System.Data.Common.DbConnection connection, string legalEntity,
        IReadOnlyList<(Guid Id, PendingPaymentRecorded Fact)> told, CancellationToken cancellation) =>
    [
        .. (await connection.QueryAsync<(Guid CustomerId, string Currency, decimal Amount)>(new CommandDefinition(
            Told,
            new
            {
                legalEntity,
                currencies = told.Select(one => one.Fact.Amount.Currency.Code).Distinct().ToArray(),
                amounts = told.Select(one => one.Fact.Amount.Amount).Distinct().ToArray(),
            },
            cancellationToken: cancellation)))
            .Select(row => (row.CustomerId, Money.Of(row.Amount, row.Currency))),
    ];

    /// <summary>What other pending payments of these customers are to pay.</summary>
    private static async Task<Dictionary<(Guid InvoiceId, int Installment), decimal>> CoveredAsync(
        System.Data.Common.DbConnection connection, IEnumerable<Guid?> customers, CancellationToken cancellation) =>
        (await connection.QueryAsync<(Guid InvoiceId, int Installment, decimal Amount)>(new CommandDefinition(
            Covered, new { customers = customers.OfType<Guid>().Distinct().ToArray() },
            cancellationToken: cancellation)))
            .ToDictionary(row => (row.InvoiceId, row.Installment), row => row.Amount);

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
