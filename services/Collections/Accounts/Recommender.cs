using Npgsql;
using OrderToCash.Approvals;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Recommendations;
using OrderToCash.Collections.Tasks;
using OrderToCash.Collections.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>A customer as a recommendation must know it.</summary>
public sealed record RecommendedCustomer(
    Guid Id, string Name, string LegalEntity, string Currency, bool MaySuspend, DateOnly Today,
    CompanyContact Contact);

/// <summary>Puts recommendations together, for people and for playbooks.</summary>
public sealed class Recommender(
    NpgsqlDataSource database, Customers customers, OpenItems items, EvidenceReader evidence, ApprovalGate gate,
    TimeProvider clock)
{
    /// <summary>The customer, or null when Invoicing has not told of it.</summary>
    public async Task<RecommendedCustomer?> FindAsync(Guid customerId, CancellationToken cancellation)
    {
        if (await customers.FindAsync(customerId, cancellation) is not { } customer)
            return null;
        await using var command = database.CreateCommand("select may_suspend from customers where id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        var maySuspend = (bool)(await command.ExecuteScalarAsync(cancellation))!;
        return new RecommendedCustomer(
            customer.Id, customer.Name, customer.LegalEntity, customer.Currency, maySuspend, customer.Today,
            await CompanyHolds.ContactAsync(database, customerId, cancellation));
    }

    /// <summary>True while the same is recommended already and not settled.</summary>
    public async Task<bool> IsUnderWayAsync(Guid customerId, RecommendationKind kind, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select exists (select 1 from recommendations where customer_id = $1 and kind = $2 and under_way)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Kebab.Of(kind) });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>What is recommended on what is past due, or why it cannot be.</summary>
    /// <param name="customer">About whom.</param>
    /// <param name="kind">What.</param>
    /// <param name="reason">Why.</param>
    /// <param name="invoices">Of these alone; null for all that is past due.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <param name="currency">Of what is to be written off; null for the customer's.</param>
    public async Task<(RecommendationMade? Made, Refusal? Refusal)> DraftAsync(
        RecommendedCustomer customer, RecommendationKind kind, string reason, IReadOnlyList<Guid>? invoices,
        CancellationToken cancellation, Currency? currency = null)
    {
        ArgumentNullException.ThrowIfNull(customer);
        var wanted = currency ?? Currency.Of(customer.Currency);
        var open = await items.OfAsync(customer.Id, cancellation);
        var owed = open
            .Where(item => item.DueDate < customer.Today && (invoices is null || invoices.Contains(item.InvoiceId)))
            .Select(Recommended)
            .ToList();
        var rates = (await EntityRates.ReadAsync(
            database, new Dictionary<string, DateOnly> { [customer.LegalEntity] = customer.Today }, cancellation))
            .GetValueOrDefault(customer.LegalEntity);
        var about = RecommendationDecider.MakesPay(kind) ? owed : owed.FindAll(item => item.Amount.Currency == wanted);
        var facts = await evidence.ReadAsync(customer, about, rates, cancellation);
        return RecommendationDecider.Draft(new RecommendationWish(
            customer.LegalEntity, customer.Id, kind, owed, wanted, customer.MaySuspend, facts, reason,
            customer.Contact.LeftAlone, rates?.Base));
    }

    /// <summary>
    /// Adds a recommendation of a playbook or of an overdue state to a write: with a request for approval, or approved
    /// at once where the matrix of the legal entity judges such things and lets this one pass. Where it says nothing of
    /// them no person would ever have looked at it, so it becomes a task for one.
    /// </summary>
    /// <param name="batch">The write.</param>
    /// <param name="customer">About whom.</param>
    /// <param name="made">What is recommended.</param>
    /// <param name="noticeId">The notice behind it, or null.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <returns>The recommendation or the task.</returns>
    public async Task<Guid> AddAsync(
        WriteBatch batch, RecommendedCustomer customer, RecommendationMade made, Guid? noticeId,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(made);
        var id = Ids.Next(clock);
        if (!await gate.IsJudgedAsync(Kind(made), made.LegalEntity, cancellation))
        {
            var task = new TaskCreated(
                made.LegalEntity, made.CustomerId, TaskKind.Other,
                $"{made.Reason} Nobody is named to approve it: recommend it yourself, or leave it.", customer.Today,
                null, noticeId);
            batch.Append(CollectionTaskStream.Type, id, 0, [task]);
            return id;
        }

        var approval = await gate.RequestAsync(
            batch, Wish(id, customer, made), CollectionsService.Name, cancellation);
        object[] events = approval is { } waiting
            ? [made with { ApprovalId = waiting }]
            : [made, new RecommendationApproved(made, Ids.Next(clock))];
        if (approval is null)
            Recommend.InTurn(batch, made, customer.Contact);
        batch.Append(RecommendationStream.Type, id, 0, events);
        return id;
    }

    /// <summary>What others may have to approve.</summary>
    internal static ApprovalWish<Recommend.Wish> Wish(Guid id, RecommendedCustomer customer, RecommendationMade made) =>
        new(
            Kind(made), made.LegalEntity, made.Amount,
            $"{made.Kind} {customer.Name}: {PastDue(made)} past due, score {made.Evidence.Score}",
            new Recommend.Wish(id), made.Reason);

    /// <summary>All of it, in each currency: it is judged by one, and who approves must know of all.</summary>
    private static string PastDue(RecommendationMade made) => string.Join(" and ", made.Items
        .Select(item => item.Amount)
        .GroupBy(amount => amount.Currency, (currency, amounts) => Money.Sum(amounts, currency))
        .OrderBy(sum => sum.Currency != made.Amount.Currency).ThenBy(sum => sum.Currency.Code, StringComparer.Ordinal));

    private static string Kind(RecommendationMade made) => made.Kind switch
    {
        RecommendationKind.Suspend => ApprovalKinds.Suspension,
        RecommendationKind.Terminate => ApprovalKinds.Termination,
        _ => ApprovalKinds.WriteOff,
    };

    private static RecommendedItem Recommended(ItemFacts item) => new(
        item.InvoiceId, item.Installment, item.InvoiceNumber, item.DueDate, item.Collectible);
}
