using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.Collections.Tasks;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>An entry of the contact log.</summary>
/// <param name="Id">The entry.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="Channel">How: <c>email</c>, <c>call</c>, <c>letter</c>, <c>meeting</c>, <c>note</c>, <c>sms</c>,
/// <c>whatsapp</c> or <c>portal</c>.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Summary">In words.</param>
/// <param name="ContactName">With whom, or null.</param>
/// <param name="NoticeId">The notice behind it; null for what a person wrote down.</param>
/// <param name="OccurredAt">When it was.</param>
/// <param name="By">Who wrote it down.</param>
public sealed record ActivityView(
    Guid Id, Guid CustomerId, string LegalEntity, string Channel, string Outcome, string Summary, string? ContactName,
    Guid? NoticeId, DateTimeOffset OccurredAt, string By);

/// <summary>Writes and shows the contact log.</summary>
public static class LogActivity
{
    private static readonly SortOrder<ActivityView> Order = new SortOrder<ActivityView>(
            "a.id", row => row.Id, standard: "-occurredAt")
        .By("occurredAt", "a.occurred_at", row => row.OccurredAt);

    /// <summary>Now goes without saying; so does the outcome, but for a call.</summary>
    /// <param name="CustomerId">The customer.</param>
    /// <param name="Channel">How.</param>
    /// <param name="Summary">In words.</param>
    /// <param name="Outcome">What came of it.</param>
    /// <param name="ContactName">With whom.</param>
    /// <param name="OccurredAt">When it was.</param>
    /// <param name="Address">Telephone number, mail address, or in a portal the contact's identifier.</param>
    /// <param name="AttemptId">The attempt that was allowed before, within 60 days, so that it counts once: at this
    /// customer, or at one that is the same company by a merge.</param>
    /// <param name="InvoiceIds">What it was about, where a rule counts each invoice, as far as it is open; without them
    /// what the attempt says, else all that is owed.</param>
    public sealed record Request(
        Guid CustomerId, ContactChannel Channel, string Summary, ContactOutcome? Outcome = null,
        string? ContactName = null, DateTimeOffset? OccurredAt = null, string? Address = null,
        Guid? AttemptId = null, IReadOnlyList<Guid>? InvoiceIds = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/collections/activities", Handle)
            .RequireScope(Scopes.CollectionsWrite)
            .Produces<ActivityView>(StatusCodes.Status201Created)
            .WithSummary("Log a call, letter, meeting, mail, message or note");
        routes.MapGet("/v1/collections/activities", List)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<Page<ActivityView>>()
            .WithSummary("The contact log");
        routes.MapGet("/v1/collections/activities/{id:guid}", Get)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<ActivityView>()
            .WithSummary("An entry of the contact log");
        HistoryEndpoint.Map(routes, "/v1/collections/activities/{id}/history", ActivityStream.Type,
            Scopes.CollectionsRead,
            activity => activity.Logged?.LegalEntity);
    }

    /// <summary>
    /// The entry and what it means for the rules of contact are one write. What has happened is noted whatever the
    /// rules say; a rule it broke is noted beside it.
    /// </summary>
    private static async Task<IResult> Handle(
        Request request, HttpCommand command, ContactBook contacts, PolicyBook policies, OpenItems items,
        NpgsqlDataSource database)
    {
        if (new Validation()
            .Required("/summary", request.Summary, max: 4000)
            .Optional("/contactName", request.ContactName)
            .Optional("/address", request.Address)
            .Check(request.InvoiceIds is null or { Count: > 0 and <= 500 }, "/invoiceIds", "names 1 to 500 invoices")
            .Problem is { } problem)
            return problem;
        var id = request.AttemptId ?? Ids.Next(command.Clock);
        return await command.CommitAsync(async cancellation =>
        {
            if (await contacts.FindAsync(request.CustomerId, cancellation) is not { } customer)
                return CustomerRefusals.Unknown(request.CustomerId);
            if (command.Caller.Deny(customer.LegalEntity) is { } denied)
                return denied;
            if (await items.NotOwedAsync(customer.Company[0], request.InvoiceIds, cancellation) is { } unknown)
                return ContactRefusals.UnknownInvoice(unknown);
            var company = await CompanyProfile.LoadAsync(command.Store, customer, cancellation);
            if (request.AttemptId is { } attempt && !company.Profile.Knows(attempt))
                return ActivityRefusals.UnknownAttempt(attempt);
            var now = command.Clock.GetUtcNow();
            var logged = new ActivityLogged(
                customer.Id, customer.LegalEntity, request.Channel, default, request.Summary,
                (request.OccurredAt ?? now).ToUniversalTime(), request.ContactName);
            var (activity, version) = await command.Store.LoadAsync(ActivityStream.Type, id, cancellation);
            var decision = ActivityDecider.Log(activity, logged, request.Outcome, now);
            if (decision.Refusal is { } refusal)
                return refusal;
            var after = decision.Events.Aggregate(activity, Activity.Evolve).Logged!;
            var batch = new WriteBatch(command.Metadata())
                .Append(ActivityStream.Type, id, version, decision.Events)
                .Row(ReviewQueue.Request(now, customer.Id));
            if (decision.Events.Count > 0 && IsContact(after))
                await NoteAsync(batch, id, request, after, customer, company, policies, cancellation);
            if (decision.Events.Count > 0 && after.Outcome == ContactOutcome.WrongNumber)
                await RepairAsync(batch, request, customer, database, command, cancellation);
            return Plan.Write(batch, Reply.Created(
                $"/v1/collections/activities/{id}", View(id, after, command.Caller.Subject),
                version + decision.Events.Count));
        });
    }

    private static async Task NoteAsync(
        WriteBatch batch, Guid id, Request request, ActivityLogged logged, ContactableCustomer customer,
        CompanyProfile company, PolicyBook policies, CancellationToken cancellation)
    {
        var policy = await policies.InForceAsync(customer.LegalEntity, cancellation);
        var moment = customer.Moment(
            logged.Channel, request.Address, request.ContactName, policy.ContactIn(customer.Country),
            logged.OccurredAt) with
        {
            InvoiceIds = request.InvoiceIds,
        };
        var conversation = logged.Outcome
            is ContactOutcome.Spoke or ContactOutcome.Disputed or ContactOutcome.Promised;
        batch.Lock(Locks.Contact.TakeAll(customer.Company)).Append(
            ContactProfileStream.Type, company.Stream, company.Version,
            ContactDecider.Note(company.Profile, moment, conversation, id).Events);
    }

    /// <summary>Somebody is to find a number that works, unless that is to be done already.</summary>
    private static async Task RepairAsync(
        WriteBatch batch, Request request, ContactableCustomer customer, NpgsqlDataSource database,
        HttpCommand command, CancellationToken cancellation)
    {
        var number = request.Address ?? customer.Contacts
            .FirstOrDefault(contact => request.ContactName is { } name && contact.Name == name)?.Phone;
        var task = TaskDecider.RepairNumber(
            new ContactPoint(customer.LegalEntity, customer.Id, ContactChannel.Call, number, request.ContactName),
            command.Clock.Today(customer.EntityZone));
        await using var reading = database.CreateCommand(SameTask);
        reading.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customer.Id });
        reading.Parameters.Add(new NpgsqlParameter<string> { TypedValue = task.Text });
        if (!(bool)(await reading.ExecuteScalarAsync(cancellation))!)
            batch.Append(CollectionTaskStream.Type, Ids.Next(command.Clock), 0, [task]);
    }

    /// <summary>Who was not there at all was not contacted.</summary>
    private static bool IsContact(ActivityLogged logged) => logged.Channel != ContactChannel.Note
        && logged.Outcome is not (ContactOutcome.WrongNumber or ContactOutcome.Failed or ContactOutcome.Replied);

    private static async Task<IResult> Get(Guid id, NpgsqlDataSource database, HttpContext http)
    {
        await using var command = database.CreateCommand($"{Select} where a.id = $1");
        command.Parameters.AddWithValue(id);
        if ((await command.ReadAsync(Row, http.RequestAborted)).SingleOrDefault() is not { } entry)
            return Problems.From(Refusal.NotFound("activity", id));
        return Caller.Of(http).Deny(entry.LegalEntity) is { } denied
            ? Problems.From(denied)
            : Results.Json(entry, Json.Wire);
    }

    private static Task<IResult> List(
        Guid? customerId, string? legalEntity, string? channel, ListQuery query, NpgsqlDataSource database,
        HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            $"{Select} where (@entities::text[] is null or a.legal_entity = any(@entities)) " +
            "and (@customer is null or a.customer_id = @customer) and (@channel is null or a.channel = @channel)",
            command =>
            {
                command.AddOptional("customer", customerId);
                command.AddOptional("channel", EnumFilter.Text<ContactChannel>("channel", channel));
            },
            Row);

    private const string SameTask =
        "select exists (select 1 from tasks t where t.customer_id = $1 and t.state = 'open' and t.text = $2)";

    private const string Select =
        "select a.id, a.customer_id, a.legal_entity, a.channel, a.outcome, a.summary, a.contact_name, a.notice_id, " +
        "a.occurred_at, a.by from contact_log a";

    private static ActivityView Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
        row.Text(6),
        row.Optional<Guid>(7), row.GetFieldValue<DateTimeOffset>(8), row.GetString(9));

    private static ActivityView View(Guid id, ActivityLogged logged, string by) => new(
        id, logged.CustomerId, logged.LegalEntity, Kebab.Of(logged.Channel), Kebab.Of(logged.Outcome), logged.Summary,
        logged.ContactName, null, logged.OccurredAt, by);
}
