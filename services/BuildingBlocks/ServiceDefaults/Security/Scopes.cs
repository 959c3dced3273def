using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OrderToCash.ServiceDefaults;

/// <summary>What a token may allow. Gateway and service both check.</summary>
public static class Scopes
{
    /// <summary>See customers, invoices, journal and reports.</summary>
    public const string InvoicingRead = "invoicing:read";

    /// <summary>Change customers and invoices.</summary>
    public const string InvoicingWrite = "invoicing:write";

    /// <summary>
    /// Keep the books: legal entities with their accounts and letterheads, exchange rates, and the ends of periods with
    /// all they ask.
    /// </summary>
    public const string InvoicingBooks = "invoicing:books";

    /// <summary>See statements, receipts and allocations.</summary>
    public const string CashRead = "cash:read";

    /// <summary>Import statements, record and allocate receipts.</summary>
    public const string CashWrite = "cash:write";

    /// <summary>See worklists, promises, disputes and notices.</summary>
    public const string CollectionsRead = "collections:read";

    /// <summary>Work cases, run dunning, change playbooks.</summary>
    public const string CollectionsWrite = "collections:write";

    /// <summary>See limits, exposure and reviews.</summary>
    public const string CreditRead = "credit:read";

    /// <summary>Change limits and holds, decide cases; all that <see cref="CreditOrders"/> allows, too.</summary>
    public const string CreditWrite = "credit:write";

    /// <summary>Have orders checked, and tell what becomes of them: for order systems, and nothing else of Credit.
    /// </summary>
    public const string CreditOrders = "credit:orders";

    /// <summary>Approve and reject.</summary>
    public const string ApprovalsDecide = "approvals:decide";

    /// <summary>Run the system: projections, configuration.</summary>
    public const string Admin = "admin";

    /// <summary>All of them with what they are for, in the order of the API documents.</summary>
    public static IReadOnlyList<(string Scope, string Meaning)> All { get; } =
    [
        (InvoicingRead, "See customers, invoices, journal and reports"),
        (InvoicingWrite, "Change customers and invoices"),
        (InvoicingBooks, "Keep the books: legal entities, letterheads, exchange rates, ends of periods"),
        (CashRead, "See statements, receipts and allocations"),
        (CashWrite, "Import statements, record and allocate receipts"),
        (CollectionsRead, "See worklists, promises, disputes and notices"),
        (CollectionsWrite, "Work cases, run dunning, change playbooks"),
        (CreditRead, "See limits, exposure and reviews"),
        (CreditWrite, "Change limits and holds, decide cases, check orders"),
        (CreditOrders, "Check orders, and tell of changes, deliveries and cancellations"),
        (ApprovalsDecide, "Approve and reject"),
        (Admin, "Run the system"),
    ];

    /// <summary>Lets only callers with this scope in; others get 403 <c>scope-missing</c> that names it.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(policy => policy.RequireScope(scope)).WithMetadata(new ScopeMetadata(scope));

    /// <summary>Lets in who has this scope or one of the others; the problem names the first.</summary>
    public static TBuilder RequireScopeOr<TBuilder>(this TBuilder builder, string scope, params string[] others)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(policy => policy.RequireAuthenticatedUser()
            .AddRequirements(new ScopeRequirement(scope, scope, others))).WithMetadata(new ScopeMetadata(scope));

    /// <summary>The same in a policy.</summary>
    public static AuthorizationPolicyBuilder RequireScope(this AuthorizationPolicyBuilder policy, string scope) =>
        policy.RequireScope(scope, scope);

    /// <summary>One scope to read (GET, HEAD), another for everything else.</summary>
    public static AuthorizationPolicyBuilder RequireScope(
        this AuthorizationPolicyBuilder policy, string read, string write)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.RequireAuthenticatedUser().AddRequirements(new ScopeRequirement(read, write));
    }

    /// <summary>The same; who has one of the others may do both.</summary>
    public static AuthorizationPolicyBuilder RequireScopeOr(
        this AuthorizationPolicyBuilder policy, string read, string write, params string[] others)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.RequireAuthenticatedUser().AddRequirements(new ScopeRequirement(read, write, others));
    }
}

/// <summary>The scope an endpoint needs, for the API document.</summary>
public sealed record ScopeMetadata(string Scope);

/// <summary>Met by a caller whose token carries the scope that the method needs.</summary>
internal sealed class ScopeRequirement(string read, string write, params string[] others)
    : AuthorizationHandler<ScopeRequirement>, IAuthorizationRequirement
{
    /// <summary>The scopes that do for the other one, whatever the method.</summary>
    public IReadOnlyList<string> Others => others;

    public string For(HttpContext? http) =>
        http is not null && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            ? read
            : write;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        var http = context.Resource as HttpContext;
        var scopes = (http is null ? Caller.From(context.User) : Caller.Of(http)).Scopes;
        if (scopes.Contains(requirement.For(http)) || scopes.Overlaps(requirement.Others))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
