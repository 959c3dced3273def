using Dapper;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Groups;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A member of a group with a limit.</summary>
/// <param name="CustomerId">The member.</param>
/// <param name="Name">Its registered name.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Counted">What counts of it, in the currency of its account, less what covers it.</param>
/// <param name="Secured">What guarantees and insurance cover; taken off already.</param>
/// <param name="Unknown">What it has at risk in currencies without an exchange rate.</param>
public sealed record GroupMemberView(
    Guid CustomerId, string Name, string LegalEntity, Money Counted, Money Secured, IReadOnlyList<Money> Unknown);

/// <summary>
/// A group with a limit, as orders of its members in the head's legal entity are decided against it; members of others
/// are decided by the calendar, policy and rates of theirs.
/// </summary>
/// <param name="CustomerId">The customer at its head.</param>
/// <param name="LegalEntity">That of the head; its calendar, policy and rates are those shown.</param>
/// <param name="Limit">Most that all members may owe together.</param>
/// <param name="ExpiresOn">Last day of the limit, or null.</param>
/// <param name="Exposure">What counts of all members, in the currency of the limit.</param>
/// <param name="Available">What is left of what the limit grants today; below zero when over.</param>
/// <param name="Unknown">What cannot be converted into that currency.</param>
/// <param name="Members">Members whose legal entity the caller may see.</param>
/// <param name="OtherMembers">How many more there are; they count, too.</param>
/// <param name="Version">Version of the group.</param>
public sealed record GroupView(
    Guid CustomerId, string LegalEntity, Money Limit, DateOnly? ExpiresOn, Money Exposure, Money Available,
    IReadOnlyList<Money> Unknown, IReadOnlyList<GroupMemberView> Members, int OtherMembers, long Version);

/// <summary>A group in the list.</summary>
/// <param name="CustomerId">The customer at its head.</param>
/// <param name="Name">Its registered name.</param>
/// <param name="LegalEntity">Code of the head's selling company.</param>
/// <param name="Limit">Most that all members may owe together.</param>
/// <param name="ExpiresOn">Last day of the limit, or null.</param>
public sealed record GroupItem(
    Guid CustomerId, string Name, string LegalEntity, Money Limit, DateOnly? ExpiresOn);

/// <summary>
/// <c>GET /v1/credit/groups</c>, and <c>…/{customerId}</c> with its members and what they have at risk together.
/// </summary>
public static class ReadGroups
{
    private const string Select =
        "select g.customer_id as CustomerId, a.name as Name, g.legal_entity as LegalEntity, " +
        "g.limit_amount as Amount, g.currency as Currency, g.expires_on as ExpiresOn " +
        "from credit_groups g join credit_accounts a on a.customer_id = g.customer_id " +
        "where (@legalEntity::text is null or g.legal_entity = @legalEntity) " +
        "and (@entities::text[] is null or g.legal_entity = any(@entities))";

    private const string Members =
        "select a.customer_id as CustomerId, a.name as Name, a.legal_entity as LegalEntity, a.currency as Currency " +
        "from credit_accounts a where a.customer_id = any(@ids) order by a.legal_entity, a.name, a.customer_id";

    private static readonly SortOrder<Row> Order =
        new SortOrder<Row>("g.customer_id", row => row.CustomerId, standard: "name")
            .By("name", "a.name", row => row.Name)
            .By("limit", "g.limit_amount", row => row.Amount);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/credit/groups", ListAsync)
            .RequireScope(Scopes.CreditRead).Produces<Page<GroupItem>>().WithSummary("Groups with a limit");
        routes.MapGet("/v1/credit/groups/{customerId:guid}", GetAsync)
            .RequireScope(Scopes.CreditRead).Produces<GroupView>()
            .WithSummary("A group with its members and what they have at risk together");
    }

    private static async Task<IResult> GetAsync(
        Guid customerId, HttpContext http, EventStore store, DecisionBooks books, GroupReader groups)
    {
        var (caller, cancellation) = (Caller.Of(http), http.RequestAborted);
        var (group, version) = await store.LoadAsync(GroupStream.Type, GroupStream.Id(customerId), cancellation);
        if (group.Limit is not { } limit)
            return Problems.From(Refusal.NotFound("group with a limit", customerId));
        if (caller.Deny(limit.LegalEntity) is { } denied)
            return Problems.From(denied);
        var facts = await books.FactsAsync(limit.LegalEntity, cancellation);
        var positions = (await groups.MembersAsync([customerId], Guid.Empty, facts, cancellation))
            .ToDictionary(member => member.CustomerId, member => member.Position);
        var ids = await groups.BelowAsync([customerId], cancellation);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var members = (await connection.QueryAsync<Row>(new CommandDefinition(
            Members, new { ids }, cancellationToken: cancellation))).ToList();
        var seen = members.FindAll(member => caller.Deny(member.LegalEntity) is null);
        var granted = group.GrantedOn(facts.Today);
        var (sum, unknown, _) = CreditPosition.Sum(
            positions.Values.SelectMany(position => position.AtRisk), granted.Currency, facts);
        return Reply.Ok(
            new GroupView(
                customerId, limit.LegalEntity, limit.Limit, limit.ExpiresOn, sum, granted - sum, unknown,
                [.. seen.Select(member => Member(member, positions.GetValueOrDefault(member.CustomerId)))],
                members.Count - seen.Count, version),
            version);
    }

    private static GroupMemberView Member(Row member, CreditPosition? position)
    {
        var none = Money.Zero(Currency.Of(member.Currency));
        return new GroupMemberView(
            member.CustomerId, member.Name, member.LegalEntity, position?.Counted ?? none, position?.Secured ?? none,
            position?.Unknown ?? []);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, EventStore store, string? legalEntity)
    {
        var rows = await store.ReadPageAsync(http, Order.For(query), Select, legalEntity);
        return Listing.Result(http, rows.Select(row => new GroupItem(
            row.CustomerId, row.Name, row.LegalEntity, Money.Of(row.Amount, row.Currency), row.ExpiresOn)));
    }

    private sealed record Row
    {
        public Guid CustomerId { get; init; }
        public string Name { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public decimal Amount { get; init; }
        public string Currency { get; init; } = "";
        public DateOnly? ExpiresOn { get; init; }
    }
}
