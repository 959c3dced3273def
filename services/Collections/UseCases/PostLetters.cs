using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A letter in the list of those that wait to be printed and posted.</summary>
/// <param name="NoticeId">The notice it is.</param>
/// <param name="To">Where it goes, on one line.</param>
/// <param name="WrittenAt">When it was written; five days later it is withdrawn and written anew.</param>
public sealed record LetterRow(
    Guid NoticeId, string LegalEntity, Guid CustomerId, string CustomerName, DateOnly Date, string Step, string To,
    string Subject, Money Amount, int Items, DateTimeOffset WrittenAt);

/// <summary>
/// Letters for whoever prints and posts: which wait, each as a PDF, and that they were posted or taken back. A letter
/// that is overtaken while it waits is withdrawn by itself, and can be printed no more.
/// </summary>
public static class PostLetters
{
    private const string Pdf = "application/pdf";

    private static readonly SortOrder<LetterRow> Order = new SortOrder<LetterRow>(
            "n.id", row => row.NoticeId, standard: "writtenAt")
        .By("writtenAt", "n.prepared_at", row => row.WrittenAt)
        .By("amount", "n.amount", row => row.Amount.Amount);

    /// <summary>Why a letter is taken back.</summary>
    public sealed record TakenBack(string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/letters", List)
            .RequireScope(Scopes.CollectionsRead).Produces<Page<LetterRow>>()
            .WithSummary("Letters that wait to be printed and posted");
        routes.MapGet("/v1/collections/notices/{id:guid}/letter", Print)
            .RequireScope(Scopes.CollectionsRead).Produces(StatusCodes.Status200OK, contentType: Pdf)
            .WithSummary("A notice as a letter (PDF)");
        routes.MapPost("/v1/collections/letters/{id:guid}/posted", Post)
            .RequireScope(Scopes.CollectionsWrite).Produces<NoticeView>()
            .WithSummary("Note that a letter was posted");
        routes.MapPost("/v1/collections/letters/{id:guid}/take-back", TakeBack)
            .RequireScope(Scopes.CollectionsWrite).Produces<NoticeView>()
            .WithSummary("Take a letter back before it is posted");
    }

    private static Task<IResult> List(
        Guid? customerId, string? legalEntity, ListQuery query, NpgsqlDataSource database, HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            "select n.id, n.legal_entity, n.customer_id, c.name, n.date, n.step, n.recipient, n.subject, n.amount, " +
            "n.currency, n.items, n.prepared_at from notices n join customers c on c.id = n.customer_id " +
            "where n.status = 'queued' and (@entities::text[] is null or n.legal_entity = any(@entities)) " +
            "and (@customer is null or n.customer_id = @customer)",
            command => command.AddOptional("customer", customerId),
            Row);

    /// <summary>
    /// The same bytes whenever it is asked for; not before it waits to be posted, and not once it was withdrawn.
    /// </summary>
    private static async Task<IResult> Print(
        Guid id, Caller caller, NpgsqlDataSource database, EventSourcing.EventStore store, PdfPrinter printer,
        CancellationToken cancellation)
    {
        var (notice, _) = await store.LoadAsync(NoticeStream.Type, id, cancellation);
        if (notice.Prepared is not { Content: var content })
            return Problems.From(Refusal.NotFound("notice", id));
        if (caller.Deny(content.LegalEntity) is { } denied)
            return Problems.From(denied);
        if (notice.Prepared.Letter is not { } letter)
            return Problems.From(Refusal.NotFound("letter of notice", id));
        if (notice.Prepared.Mail is null && NoticeDecider.Posted(notice).Refusal is { } refusal)
            return Problems.From(refusal);
        await using var command = database.CreateCommand("select prepared_at from notices where id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        var at = (await command.ReadAsync(row => row.GetFieldValue<DateTimeOffset>(0), cancellation)).Single();
        return Results.File(
            await printer.PrintAsync(letter.Page, at, cancellation), Pdf,
            FormattableString.Invariant($"notice-{content.Date:yyyy-MM-dd}-{id:N}.pdf"));
    }

    /// <summary>
    /// That it was posted is a fact; it is the moment of contact, counts towards the caps, and a rule it broke is noted
    /// beside it.
    /// </summary>
    private static async Task<IResult> Post(Guid id, HttpCommand command, ContactBook contacts, PolicyBook policies) =>
        await command.CommitAsync(async cancellation =>
        {
            var (notice, version) = await command.Store.LoadAsync(NoticeStream.Type, id, cancellation);
            if (notice.Prepared is not { Content: var content })
                return Refusal.NotFound("notice", id);
            if (command.Caller.Deny(content.LegalEntity) is { } denied)
                return denied;
            command.Expect(version);
            var decision = NoticeDecider.Posted(notice);
            if (decision.Refusal is { } refusal)
                return refusal;
            var now = command.Clock.GetUtcNow();
            var batch = new WriteBatch(command.Metadata())
                .Append(NoticeStream.Type, id, version, decision.Events)
                .Row(ReviewQueue.Request(now, content.CustomerId));
            if (decision.Events.Count > 0)
            {
                // Whoever has a notice is known here: customers are never taken out of the replica.
                var customer = (await contacts.FindAsync(content.CustomerId, cancellation))!;
                var policy = await policies.InForceAsync(customer.LegalEntity, cancellation);
                var known = await CompanyProfile.LoadAsync(command.Store, customer, cancellation);
                var moment = customer.Moment(
                    ContactChannel.Letter, null, null, policy.ContactIn(customer.Country), now) with
                {
                    InvoiceIds = content.InvoiceIds,
                };
                batch.Lock(Locks.Contact.TakeAll(customer.Company)).Append(
                    ContactProfileStream.Type, known.Stream, known.Version,
                    ContactDecider.Note(known.Profile, moment, conversation: false, id, id).Events);
            }

            var after = decision.Events.Aggregate(notice, Notice.Evolve);
            return Plan.Write(batch, Reply.Ok(NoticeView.Of(id, after, version + decision.Events.Count)));
        });

    private static async Task<IResult> TakeBack(Guid id, TakenBack request, HttpCommand command)
    {
        if (new Validation().Required("/reason", request.Reason, max: 1000).Problem is { } problem)
            return problem;
        var now = command.Clock.GetUtcNow();
        return await command.DecideAsync(
            NoticeStream.Type, id,
            notice => notice.Prepared is not { Content: var content } ? Refusal.NotFound("notice", id)
                : command.Caller.Deny(content.LegalEntity) is { } denied ? denied
                : NoticeDecider.TakeBack(notice, "taken-back"),
            decided => Reply.Ok(NoticeView.Of(id, decided.State, decided.Version), decided.Version),
            request.Reason,
            with: (batch, decided) => batch.Row(
                ReviewQueue.Request(now, decided.State.Prepared!.Content.CustomerId)));
    }

    private static LetterRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetString(3), row.GetFieldValue<DateOnly>(4),
        row.GetString(5), row.GetString(6), row.GetString(7), row.Money(8, 9), row.GetInt32(10),
        row.GetFieldValue<DateTimeOffset>(11));
}
