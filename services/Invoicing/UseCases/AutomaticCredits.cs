using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Applies open credit memos where automation policies say so, customer by customer, each in a write of its own at the
/// versions it was decided on: so any number of instances apply each once. A credit memo that a person has taken back
/// from what it had settled stays with that person.
/// </summary>
public sealed class AutomaticCredits(EventStore store, AccountingCalendars calendars, TimeProvider clock)
{
    /// <summary>Customers looked up together.</summary>
    private const int CustomersAtOnce = 200;

    /// <summary>
    /// Customers, each by its survivor, with an open credit and something that it may settle: neither disputed nor
    /// expected of a pending payment.
    /// </summary>
    private const string Owing =
        """
        select distinct g.customer_id from credit_memos m
        join customers c on c.customer_id = m.customer_id
        cross join lateral (select coalesce(c.merged_into, c.customer_id) as customer_id) g
        where m.legal_entity = @legalEntity and m.open_amount > 0 and m.open_amount > m.reserved
            and m.credit_date <= @datedBy and not m.taken_back
            and g.customer_id > @after and exists (
                select 1 from customers d join open_items o on o.customer_id = d.customer_id
                where (d.customer_id = g.customer_id or d.merged_into = g.customer_id)
                    and o.currency = m.currency and o.balance > 0 and o.balance > o.disputed + (
                        select coalesce(sum(p.amount), 0) from expected_payments p
                        where p.invoice_id = o.invoice_id and p.installment = o.installment))
        order by 1 limit @limit
        """;

    /// <summary>Applies what may be, of one legal entity or of all.</summary>
    /// <param name="metadata">Who asks.</param>
    /// <param name="legalEntity">Of whom; null for all.</param>
    /// <param name="attempt">Tells what fails of it.</param>
    /// <param name="cancellation">Stops between two customers.</param>
    public async Task ApplyAsync(
        EventMetadata metadata, string? legalEntity, Attempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        foreach (var (code, timeZone) in await EntityClocks.ReadAsync(store.Database, legalEntity, cancellation))
        {
            var (policy, _) = await store.LoadAsync(
                AutomationPolicyStream.Type, AutomationPolicyStream.Id(code), cancellation);
            if (policy.Definition?.OpenCredits is not { } credits)
                continue;
            var datedBy = clock.Today(timeZone).AddDays(-credits.AfterDays);
            for (var after = Guid.Empty; ;)
            {
                var customers = await OwingAsync(code, datedBy, after, cancellation);
                foreach (var customer in customers)
                {
                    await attempt(
                        $"Applying of the open credit memos of customer {customer}",
                        () => ApplyAsync(code, customer, datedBy, metadata, cancellation), cancellation);
                }

                if (customers.Count < CustomersAtOnce)
                    break;
                after = customers[^1];
            }
        }
    }

    private async Task ApplyAsync(
        string legalEntity, Guid customerId, DateOnly datedBy, EventMetadata metadata, CancellationToken cancellation)
    {
        var applying = new OpenCreditApplying(store, clock);
        var result = await store.CommitAsync(
            async token =>
            {
                await calendars.RefreshAsync(token);
                var plan = await applying.PlanAsync(
                    customerId, datedBy, calendars.Context(legalEntity), metadata, token);
                return plan.Batch;
            },
            cancellation);
        if (!result.IsCommitted)
            throw new InvalidOperationException($"Nothing was applied: {result.Status} {result.Constraint}");
    }

    private async Task<List<Guid>> OwingAsync(
        string legalEntity, DateOnly datedBy, Guid after, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Guid>(new CommandDefinition(
            Owing, new { legalEntity, datedBy, after, limit = CustomersAtOnce },
            cancellationToken: cancellation))).AsList();
    }
}
