using System.Buffers.Binary;
using Npgsql;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>A forecast and how the customers pay that it was made of.</summary>
/// <param name="Made">The forecast.</param>
/// <param name="Behaviour">How they pay.</param>
/// <param name="Benchmarks">By what the legal entity calls them late.</param>
public sealed record NewForecast(ForecastMade Made, PaymentBehaviour Behaviour, PayerBenchmarks Benchmarks);

/// <summary>Reads from the replica what forecasts are made of: how customers paid, and what they owe.</summary>
public sealed class ForecastReader(NpgsqlDataSource database, PolicyBook policies)
{
    /// <summary>Invoices of the last year and a half tell how customers pay today.</summary>
    private const int MemoryDays = 540;

    /// <summary>Of items of a time, whatever became of them, what was paid.</summary>
    private const string Paid =
        """
        select i.customer_id, c.segment, i.currency, s.amount, coalesce(i.original_due_date, i.due_date),
               i.invoice_date, s.value_date, true
        from settlements s
        join open_items i on i.invoice_id = s.invoice_id and i.installment = s.installment
        join customers c on c.id = i.customer_id
        where s.kind = 'payment' and not s.reversed and i.invoice_date >= $2
        """;

    /// <summary>What is open of them today.</summary>
    private const string Unpaid =
        """
        select i.customer_id, c.segment, i.currency, i.balance, coalesce(i.original_due_date, i.due_date),
               i.invoice_date, $3, false
        from open_items i join customers c on c.id = i.customer_id
        where i.balance > 0 and i.invoice_date between $2 and $3
        """;

    private const string SeenOfEntity =
        $"{Paid} and i.legal_entity = $1 union all {Unpaid} and i.legal_entity = $1";

    private const string SeenOfCustomer =
        $"{Paid} and s.customer_id = $1 union all {Unpaid} and i.customer_id = $1";

    /// <summary>
    /// Open items without what is on its way, which comes by itself; what a payment plan covers comes by its
    /// installments. Of customers in bankruptcy nothing is expected.
    /// </summary>
    private const string Open =
        """
        select i.customer_id, c.segment, i.currency, i.due_date,
               greatest(i.balance - coalesce(p.amount, 0) - coalesce(g.covered, 0), 0), coalesce(d.amount, 0), d.due_on,
               m.promised_for, m.amount, m.total
        from open_items i
        join customers c on c.id = i.customer_id
        left join lateral (
            select sum(a.amount) as amount from pending_allocations a
            where a.open and a.invoice_id = i.invoice_id and a.installment = i.installment) p on true
        left join lateral (
            select n.covered from plan_items n
            where n.active and n.invoice_id = i.invoice_id and n.installment = i.installment) g on true
        left join lateral (
            select sum(x.disputed) as amount, max(x.due_on) as due_on from disputes x
            where x.disputed > 0 and x.invoice_id = i.invoice_id and x.installment = i.installment) d on true
        left join lateral (
            select r.promised_for, r.amount - r.received as amount,
                   (select sum(o.balance) from promise_items t
                       join open_items o on o.invoice_id = t.invoice_id and o.installment = t.installment
                       where t.promise_id = r.id) as total
            from promise_items n join promises r on r.id = n.promise_id
            where n.open and n.invoice_id = i.invoice_id and n.installment = i.installment limit 1) m on true
        where i.legal_entity = $1 and i.balance > 0 and not exists (
            select 1 from holds h where h.customer_id = c.id and h.status = 'active' and h.kind = 'bankruptcy')
        union all
        select q.customer_id, c.segment, q.currency, q.due_date, q.open, 0, null, null, null, null
        from (select n.customer_id, n.currency, l.due_date, greatest(least(l.amount,
                  sum(l.amount) over (partition by n.id order by l.number) - n.received), 0) as open
              from payment_plans n join plan_installments l on l.plan_id = n.id
              where n.legal_entity = $1 and n.status = 'active') q
        join customers c on c.id = q.customer_id
        """;

    /// <summary>
    /// What pending payments are to pay, and when: the earliest first, together no more than is open on an item. It is
    /// money that comes, so whoever is not in bankruptcy is taken at the word of the bank or the processor. What a
    /// payment plan covers comes by its installments already.
    /// </summary>
    private const string Announced =
        """
        select q.customer_id, q.segment, q.currency, q.due_date, q.open, q.expected_on
        from (select i.customer_id, c.segment, i.currency, i.due_date, a.expected_on, least(a.amount, i.balance
                  - coalesce(sum(a.amount) over (partition by i.invoice_id, i.installment
                      order by a.expected_on, a.allocation_id
                      rows between unbounded preceding and 1 preceding), 0)) as open
              from pending_allocations a
              join open_items i on i.invoice_id = a.invoice_id and i.installment = a.installment
              join customers c on c.id = i.customer_id
              where a.open and a.expected_on is not null and i.legal_entity = $1 and i.balance > 0 and not exists (
                  select 1 from holds h
                  where h.customer_id = c.id and h.status = 'active' and h.kind = 'bankruptcy')
              and not exists (
                  select 1 from plan_items n
                  where n.active and n.invoice_id = i.invoice_id and n.installment = i.installment)) q
        where q.open > 0
        """;

    private const string Cash =
        "select r.customer_id, r.currency, sum(r.unapplied) from receipt_shares r " +
        "join customers c on c.id = r.customer_id where c.legal_entity = $1 and r.unapplied > 0 group by 1, 2";

    /// <summary>Kept promises, a partly kept one half, and all that were judged; and what disputes came to.</summary>
    private const string Words =
        """
        select p.customer_id, sum(case p.status when 'kept' then 1 when 'partly-kept' then 0.5 else 0 end),
               count(*)::int
        from promises p where p.legal_entity = $1 and p.status in ('kept', 'partly-kept', 'broken') group by 1
        """;

    private const string Credited =
        "select coalesce(sum(d.accepted) / nullif(sum(d.amount), 0), 0.5) from disputes d " +
        "where d.legal_entity = $1 and d.status in ('accepted', 'credited', 'rejected')";

    /// <summary>The forecast of a legal entity as of today.</summary>
    public async Task<NewForecast> MakeAsync(string legalEntity, DateOnly today, CancellationToken cancellation)
    {
        var seen = await ObservationsAsync(SeenOfEntity, legalEntity, today, cancellation);
        var items = await ItemsAsync(legalEntity, cancellation);
        var seed = BinaryPrimitives.ReadUInt64LittleEndian(
            ForecastStream.Id(legalEntity, today).ToByteArray());
        var behaviour = PaymentBehaviour.Learn(seen);
        var rows = ForecastCalibration.Widen(
            CashForecaster.Make(today, items, behaviour, seed),
            ForecastCalibration.Factors(today, seen, seed));
        var made = new ForecastMade(
            legalEntity, today, today.AddDays(CashForecaster.Horizon), items.Count, rows);
        var policy = await policies.InForceAsync(legalEntity, cancellation);
        return new NewForecast(made, behaviour, policy.Payers ?? StandardPolicy.Payers);
    }

    /// <summary>How a customer pays, and its kind as the last forecast has learned it.</summary>
    public async Task<CustomerBehaviour> BehaviourAsync(
        Guid customerId, string legalEntity, string? segment, DateOnly today, CancellationToken cancellation) =>
        PaymentBehaviour.Of(
            await ObservationsAsync(SeenOfCustomer, customerId, today, cancellation),
            await PaymentKinds.FindAsync(database, legalEntity, segment, cancellation));

    private async Task<List<PaymentObservation>> ObservationsAsync<T>(
        string sql, T whose, DateOnly today, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = whose });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = today.AddDays(-MemoryDays) });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = today });
        return await command.ReadAsync(Observation, cancellation);
    }

    private static PaymentObservation Observation(NpgsqlDataReader row)
    {
        var due = row.GetFieldValue<DateOnly>(4);
        return new PaymentObservation(
            row.GetGuid(0), row.Text(1), row.GetString(2), row.GetDecimal(3), due,
            row.GetFieldValue<DateOnly>(5).DayNumber - due.DayNumber,
            row.GetFieldValue<DateOnly>(6).DayNumber - due.DayNumber, row.GetBoolean(7));
    }

    private async Task<List<ExpectedItem>> ItemsAsync(string legalEntity, CancellationToken cancellation)
    {
        var kept = (await ReadAsync(
            Words, legalEntity, row => (Id: row.GetGuid(0), Kept: row.GetDecimal(1), All: row.GetInt32(2)),
            cancellation)).ToDictionary(row => row.Id);
        var usual = (kept.Values.Sum(one => one.Kept) + 1) / (kept.Values.Sum(one => one.All) + 2);
        var credited = (await ReadAsync(Credited, legalEntity, row => row.GetDecimal(0), cancellation)).Single();
        var cash = (await ReadAsync(
            Cash, legalEntity, row => (Id: row.GetGuid(0), Money: row.Money(2, 1)), cancellation))
            .ToDictionary(row => (row.Id, row.Money.Currency), row => row.Money);
        var owed = await ReadAsync(Open, legalEntity, row => Owed(row, ChanceOf), cancellation);
        var announced = await ReadAsync(Announced, legalEntity, Coming, cancellation);

        // The oldest first: that is what money in the bank will be applied to.
        return [.. owed.SelectMany(item => item).OrderBy(item => item.DueDate).Select(Uncovered), .. announced];

        decimal ChanceOf(Guid customer) => kept.TryGetValue(customer, out var own)
            ? (own.Kept + (2 * usual)) / (own.All + 2)
            : usual;

        IReadOnlyList<ExpectedItem> Owed(NpgsqlDataReader row, Func<Guid, decimal> chance) =>
            Parts(row, chance(row.GetGuid(0)), credited);

        ExpectedItem Uncovered(ExpectedItem item)
        {
            if (!cash.TryGetValue((item.CustomerId, item.Open.Currency), out var there))
                return item;
            var taken = Money.Min(there, item.Open);
            cash[(item.CustomerId, item.Open.Currency)] = there - taken;
            return item with { Open = item.Open - taken };
        }
    }

    /// <summary>What is announced comes on its day; what should have come by then comes tomorrow.</summary>
    private static ExpectedItem Coming(NpgsqlDataReader row)
    {
        var open = row.Money(4, 2);
        return new ExpectedItem(
            row.GetGuid(0), row.Text(1), open, row.GetFieldValue<DateOnly>(3),
            Promise: new PromisedPart(open, row.GetFieldValue<DateOnly>(5), Chance: 1));
    }

    /// <summary>What is disputed of an item, and the rest of it.</summary>
    private static List<ExpectedItem> Parts(NpgsqlDataReader row, decimal chance, decimal credited)
    {
        var open = row.Money(4, 2);
        var disputed = Money.Min(Money.Of(row.GetDecimal(5), open.Currency), open);
        var (customer, segment, due) = (row.GetGuid(0), row.Text(1), row.GetFieldValue<DateOnly>(3));
        var parts = new List<ExpectedItem>();
        if (disputed.IsPositive)
            parts.Add(new ExpectedItem(customer, segment, disputed, due, row.Optional<DateOnly>(6), credited));
        if ((open - disputed).IsPositive)
            parts.Add(new ExpectedItem(customer, segment, open - disputed, due, Promise: Promised(row, open, chance)));
        return parts;
    }

    /// <summary>A promise is for its items in the proportion of what is open on them.</summary>
    private static PromisedPart? Promised(NpgsqlDataReader row, Money open, decimal chance)
    {
        if (row.Optional<DateOnly>(7) is not { } day || row.Optional<decimal>(9) is not { } total || total <= 0)
            return null;
        var share = Math.Clamp(row.GetDecimal(8) / total, 0, 1);
        return new PromisedPart(open.Times(share), day, chance);
    }

    private async Task<List<T>> ReadAsync<T>(
        string sql, string legalEntity, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        return await command.ReadAsync(read, cancellation);
    }
}
