using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Worklists;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Writes the worklist's rows of the customers that are looked at: one per customer with something to do. Who must not
/// be contacted at all is not on it.
/// </summary>
public sealed class WriteWorklist(
    NpgsqlDataSource database, WorkFactsReader facts, CallBook calls, PlaybookBook playbooks, TimeProvider clock)
    : IReviewStep
{
    private const string Replace =
        "with gone as (delete from worklist_customers w where w.customer_id = any($10) " +
        "and not w.customer_id = any($1)) " +
        "insert into worklist_customers (customer_id, legal_entity, name, rank, currency, overdue, days_overdue, " +
        "fingerprint, work) select r.* from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as r " +
        "on conflict (customer_id) do update set legal_entity = excluded.legal_entity, name = excluded.name, " +
        "rank = excluded.rank, currency = excluded.currency, overdue = excluded.overdue, " +
        "days_overdue = excluded.days_overdue, fingerprint = excluded.fingerprint, work = excluded.work";

    private static readonly SqlRows<WorkRow> Columns = new SqlRows<WorkRow>()
        .Column(row => row.Customer.Id)
        .Column(row => row.Customer.LegalEntity)
        .Column(row => row.Customer.Name)
        .Column(row => row.Rank)
        .Column(row => row.Overdue.Currency.Code)
        .Column(row => row.Overdue.Amount)
        .Column(row => row.Facts.OldestDaysOverdue)
        .Column(row => row.Fingerprint)
        .JsonColumn(row => JsonSerializer.Serialize(row.Facts, Json.Stored));

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        var items = await chunk.ItemsAsync(cancellation);
        var (now, reviewed) = (clock.GetUtcNow(), chunk.Customers.ToDictionary(customer => customer.Id));
        var known = await facts.ReadAsync(
            reviewed.ToDictionary(one => one.Key, one => one.Value.Policy.Payers ?? StandardPolicy.Payers), now,
            cancellation);
        var books = await PlaybooksAsync(known, reviewed, cancellation);
        var work = known
            .Where(customer => !customer.Holds.Any(HoldDecider.ForbidsContact))
            .Select(customer => customer with
            {
                Known = Facts(
                    customer, [.. items[customer.Id]], reviewed[customer.Id], books[customer.LegalEntity]),
            })
            .Where(customer => customer.Known.Items > 0 || customer.Known.HasOtherWork)
            .ToList();
        var todays = chunk.Customers.GroupBy(customer => customer.LegalEntity)
            .ToDictionary(entity => entity.Key, entity => entity.Max(customer => customer.Today));
        var rates = await EntityRates.ReadAsync(database, todays, cancellation);
        var noCalls = await calls.ReadAsync(
            [
                .. work.Select(customer => (
                    customer.Id, reviewed[customer.Id].Policy,
                    Invoices(items[customer.Id], customer.Known, reviewed[customer.Id]))),
            ],
            now, cancellation);
        var rows = work.ConvertAll(customer => Row(
            customer, rates.GetValueOrDefault(customer.LegalEntity), reviewed[customer.Id].Policy,
            noCalls.GetValueOrDefault(customer.Id)));
        await using var batch = database.CreateBatch();
        var replace = Columns.Command(Replace, rows);
        replace.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        batch.BatchCommands.Add(replace);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The invoices that a call would be about, the oldest first.</summary>
    private static IReadOnlyList<Guid> Invoices(
        IEnumerable<ItemFacts> items, WorkFacts facts, ReviewedCustomer customer)
    {
        var preDue = facts.PreDue is null ? null : PreDueOf(customer);
        return
        [
            .. items.Where(item => (item.DueDate < customer.Today && item.Collectible.IsPositive)
                    || preDue?.Names(item, customer.Today) == true)
                .Select(item => item.InvoiceId).Distinct(),
        ];
    }

    private static PreDuePolicy? PreDueOf(ReviewedCustomer customer) => customer.Policy.Worklist?.PreDue;

    /// <summary>The playbooks of these customers and of their last notices, by legal entity.</summary>
    private async Task<Dictionary<string, CustomerPlaybooks>> PlaybooksAsync(
        IReadOnlyList<WorkCustomer> customers, Dictionary<Guid, ReviewedCustomer> reviewed,
        CancellationToken cancellation)
    {
        var books = new Dictionary<string, CustomerPlaybooks>(StringComparer.Ordinal);
        foreach (var entity in customers.GroupBy(customer => customer.LegalEntity))
        {
            books[entity.Key] = await playbooks.OfAsync(
                reviewed[entity.First().Id].Policy, usual: null,
                entity.SelectMany(customer => new[] { customer.Given.Own?.Code, customer.LastPlaybook })
                    .OfType<string>(),
                cancellation);
        }

        return books;
    }

    private static WorkRow Row(
        WorkCustomer customer, EntityRates? known, CollectionPolicyDefined policy, Contacts.Suppression? noCall)
    {
        var rates = known ?? new EntityRates(customer.Currency, new Dictionary<Currency, decimal>());
        var overdue = customer.Known.Amounts.Select(one => one.Overdue).Where(one => one.IsPositive).ToList();
        IReadOnlyList<Money> preDue = customer.Known.PreDue?.Amounts ?? [];
        var sum = rates.Sum(overdue);
        return new WorkRow(
            customer,
            customer.Known with
            {
                NoCall = noCall,
                WithoutRate =
                [
                    .. overdue.Concat(preDue).Select(one => one.Currency).Distinct()
                        .Where(currency => !rates.Knows(currency)).Select(currency => currency.Code),
                ],
            },
            sum,
            WorkRanking.Rank(
                customer.Known, sum, policy.Worklist ?? StandardPolicy.Weights, rates.Sum(preDue)));
    }

    private static WorkFacts Facts(
        WorkCustomer customer, List<ItemFacts> items, ReviewedCustomer reviewed, CustomerPlaybooks playbooks)
    {
        var today = reviewed.Today;
        var owing = customer.Traits with { Open = CustomerStanding.Sums(items, item => item.Balance) };

        // Where nothing gives it a playbook, a run by hand may have taken another than the usual one.
        var own = playbooks with { Usual = customer.LastPlaybook ?? playbooks.Usual };
        var playbook = own.For(owing, customer.Given.On(today));
        var late = items.FindAll(item => item.DueDate < today);
        var owed = late.FindAll(item => item.Collectible.IsPositive);
        var currencies = late.Select(item => item.Balance.Currency)
            .Concat(customer.Cash.Unapplied.Concat(customer.Cash.Likely).Select(cash => cash.Currency)).Distinct()
            .OrderByDescending(currency => currency == customer.Currency)
            .ThenBy(currency => currency.Code, StringComparer.Ordinal);
        return customer.Known with
        {
            Amounts = [.. currencies.Select(currency => Amounts(currency, late, customer.Cash))],
            Items = owed.Count,
            OldestDaysOverdue = owed.Select(item => DunningPlanner.DaysOverdue(today, item.DueDate))
                .DefaultIfEmpty(0).Max(),
            Tasks = [.. customer.Known.Tasks.Where(task => task.DueOn <= today)],
            LastStep = customer.Known.LastNotice is null ? null : playbook?.Definition.Steps[^1].Code,
            HasNoPlaybook = playbook is null,
            PreDue = customer.Known.IsBlocked
                ? null
                : PreDueWork.Of(PreDueOf(reviewed), items, customer.Cash, today),
        };
    }

    private static WorkAmounts Amounts(Currency currency, List<ItemFacts> late, CustomerCash cash)
    {
        var items = late.FindAll(item => item.Balance.Currency == currency);
        return new WorkAmounts(
            Sum(items, item => item.Collectible),
            Sum(items, item => Money.Min(item.Pending, item.Balance)),
            Sum(items, item => item.Disputed),
            Sum(items.Where(item => item.IsPromised), item => item.Balance),
            Sum(items.Where(item => item.IsPlanned), item => item.Balance),
            Money.Sum(cash.Unapplied.Where(one => one.Currency == currency), currency),
            Money.Sum(cash.Likely.Where(one => one.Currency == currency), currency));

        Money Sum(IEnumerable<ItemFacts> of, Func<ItemFacts, Money> amount) => Money.Sum(of.Select(amount), currency);
    }

    /// <summary>
    /// A row and what identifies the state of affairs behind it: days, rates, scores and rules of contact pass without
    /// making it another.
    /// </summary>
    private sealed record WorkRow(WorkCustomer Customer, WorkFacts Facts, Money Overdue, decimal Rank)
    {
        public string Fingerprint { get; } = Ids.From("work", JsonSerializer.Serialize(
            Facts with
            {
                OldestDaysOverdue = 0,
                ChanceOfLate = 0,
                NoCall = null,
                WithoutRate = null,
                Pays = null,
                Rating = null,
                Risk = Facts.Risk is { } risk ? risk with { Score = null, AssessedAt = default } : null,
                PromiseBrokenAt = null,
            },
            Json.Stored))
            .ToString("N");
    }
}
