using Dapper;
using Npgsql;
using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.PersonalData;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Changes a customer; the whole of what may change is sent each time. Other terms, and wider cash discounts, are
/// for those whom the matrix lets decide on them alone; else Credit agrees on them.
/// </summary>
public static class ChangeCustomerEndpoint
{
    private const string Start =
        "with recursive above as (select customer_id, parent_id from customers where customer_id = ";

    private const string Up =
        " union select c.customer_id, c.parent_id from customers c join above a on c.customer_id = a.parent_id) ";

    /// <summary>The wished parent and everybody above it; a loop ends where it began.</summary>
    private const string Above = Start + "@parentId" + Up + "select customer_id from above";

    /// <summary>Has it decided anew where the customer stands above its wished parent by now.</summary>
    private const string StillNotAbove =
        Start + "$2" + Up + "select otc_version_conflict() from above where customer_id = $1";

    /// <summary>
    /// Orders all changes of parents: two at once, each of which is right alone, could close a ring. One lock for all,
    /// because a parent may be of another legal entity.
    /// </summary>
    private static readonly TransactionLock Parents = new("ordertocash:customer-parents");

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/customers/{id:guid}", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<CustomerView>()
        .WithSummary("Change a customer");

    private static async Task<IResult> HandleAsync(
        Guid id, ChangeCustomer request, HttpCommand command, ContactKeys keys, ApprovalGate gate)
    {
        var fresh = keys.Fresh(request.Contacts?.Count ?? 0);
        var (misplaced, moves) = ((Refusal?)null, false);
        await RefreshAsync(command.Cancellation);
        var known = await command.Store.LoadAsync(CustomerStream.Type, id, command.Cancellation);
        var mayNot = known.State.Now is { } now && await TermsNeedApprovalAsync(now, command, gate);
        return await command.DecideAsync(
            CustomerStream.Type,
            id,
            customer =>
            {
                moves = request.ParentId != customer.Now?.ParentId;
                return customer.Now is null ? CustomerRefusals.NotFound(id)
                    : command.Caller.Deny(customer.Now.LegalEntity) is { } denied ? denied
                    : misplaced is { } refusal ? refusal
                    : mayNot && AccountDecider.ChangesTerms(customer, request) ? CustomerRefusals.TermsNeedApproval()
                    : Change(customer, request, fresh);
            },
            decided => Reply.Ok(CustomerView.Of(id, decided.State.Now!, decided.Version), decided.Version),
            onDuplicate: constraint => constraint == CustomersProjection.ExternalIdKey
                ? Refusal.State("customer-exists", $"The external id {request.ExternalId} is another customer's.")
                : Refusal.State("already-exists", "Something with these unique values exists already."),
            with: (batch, decided) =>
            {
                if (decided.Events.Count == 0)
                    return;
                keys.Keep(batch, id, decided.State.Now!.Contacts, fresh);
                if (moves && request.ParentId is { } parentId)
                    KeepApart(batch, id, parentId);
            },
            refresh: RefreshAsync);

        async Task RefreshAsync(CancellationToken cancellation) =>
            misplaced = request.ParentId is { } parentId
                ? await CheckAsync(id, parentId, command.Store.Database, cancellation)
                : null;
    }

    /// <summary>Parents change one after the other, and each is checked again once it is its turn.</summary>
    private static void KeepApart(WriteBatch batch, Guid id, Guid parentId)
    {
        var guard = new NpgsqlBatchCommand(StillNotAbove);
        guard.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        guard.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = parentId });
        batch.Lock(Parents.Take("all")).Guard(guard);
    }

    private static Decision Change(Customer customer, ChangeCustomer wish, IReadOnlyList<ContactKey> fresh)
    {
        var (contacts, misnamed) = ContactSealing.Seal(customer.Now!.Contacts, wish.Contacts ?? [], fresh);
        return misnamed is { } refusal ? refusal : AccountDecider.Change(customer, wish with { Contacts = contacts });
    }

    /// <summary>By what amount terms are judged is known to Credit alone, so here it is the highest band.</summary>
    internal static async Task<bool> TermsNeedApprovalAsync(
        CustomerSnapshot customer, HttpCommand command, ApprovalGate gate) => await gate.RequiredAsync(
            ApprovalKinds.Terms, customer.LegalEntity, Money.Of(Money.Limit - 1, customer.Currency),
            command.Caller.Roles, command.Cancellation) is { Approvals: > 0 };

    private static async Task<Refusal?> CheckAsync(
        Guid id, Guid parentId, NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var above = (await connection.QueryAsync<Guid>(new CommandDefinition(
            Above, new { parentId }, cancellationToken: cancellation))).ToHashSet();
        return above.Count == 0 ? CustomerRefusals.UnknownParent(parentId)
            : above.Contains(id) ? CustomerRefusals.ParentBelow(parentId)
            : null;
    }
}
