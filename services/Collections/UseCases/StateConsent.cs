using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.Collections.Tasks;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>
/// What contacts say about being contacted, and which addresses mail or messages do not reach; both count from the very
/// next contact on.
/// </summary>
public static class StateConsent
{
    /// <summary>What a contact says.</summary>
    /// <param name="Address">Mail address, telephone number, or in a portal the contact's identifier.</param>
    /// <param name="Channel">Over which channel.</param>
    /// <param name="Granted">Yes or no.</param>
    /// <param name="Source">How it became known.</param>
    public sealed record Consent(string Address, ContactChannel Channel, bool Granted, string Source);

    /// <summary>An address that mail or messages do not reach.</summary>
    /// <param name="Address">Mail address, telephone number, or in a portal the contact's identifier.</param>
    /// <param name="Detail">What the mail server, or the provider of messages, said.</param>
    /// <param name="NoticeId">The notice that came back: it counts as not sent, and the next run writes anew.</param>
    /// <param name="Channel"><c>email</c>, <c>sms</c>, <c>whatsapp</c> or <c>portal</c>.</param>
    public sealed record Bounce(
        string Address, string Detail, Guid? NoticeId = null, ContactChannel Channel = ContactChannel.Email);

    /// <summary>An address that is good again.</summary>
    /// <param name="Address">As it was named when it failed.</param>
    /// <param name="Reason">How that is known.</param>
    /// <param name="Channel">As with <see cref="Bounce"/>.</param>
    public sealed record Restoring(string Address, string Reason, ContactChannel Channel = ContactChannel.Email);

    private const string NothingSent = "is email, sms, whatsapp or portal";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1/collections/customers/{customerId:guid}/consents", ConsentAsync)
            .RequireScope(Scopes.CollectionsWrite).Produces<ContactProfileView>()
            .WithSummary("Note that a contact does or does not want to be contacted over a channel");
        routes.MapPost("/v1/collections/customers/{customerId:guid}/failed-addresses", FailAsync)
            .RequireScope(Scopes.CollectionsWrite).Produces<ContactProfileView>()
            .WithSummary("Note that mail or a message to an address came back; somebody is to find another one");
        routes.MapPost("/v1/collections/customers/{customerId:guid}/restored-addresses", RestoreAsync)
            .RequireScope(Scopes.CollectionsWrite).Produces<ContactProfileView>()
            .WithSummary("Note that mail, or messages, reach an address again");
        routes.MapGet("/v1/collections/customers/{customerId:guid}/contact-profile", Get)
            .RequireScope(Scopes.CollectionsRead).Produces<ContactProfileView>()
            .WithSummary("Whom one may contact now, and what contacts have said");
    }

    private static async Task<IResult> ConsentAsync(
        Guid customerId, Consent request, HttpCommand command, ContactBook contacts, PolicyBook policies)
    {
        if (new Validation().Required("/address", request.Address).Required("/source", request.Source).Problem
            is { } problem)
            return problem;
        return await ChangeAsync(customerId, command, contacts, policies, request.Source, (profile, customer) =>
            ContactDecider.State(profile, new ConsentStated(
                Point(customer, request.Channel, request.Address), request.Granted,
                command.Clock.Today(customer.EntityZone), request.Source)));
    }

    /// <summary>Nothing more goes to it, and a task says so at once.</summary>
    private static async Task<IResult> FailAsync(
        Guid customerId, Bounce request, HttpCommand command, ContactBook contacts, PolicyBook policies)
    {
        if (new Validation().Required("/address", request.Address).Required("/detail", request.Detail, max: 500)
            .Check(IsSentOver(request.Channel), "/channel", NothingSent)
            .Check(IsOf(request.Channel, request.Address), "/address", "is no mail address; name the channel it is of")
            .Problem is { } problem)
            return problem;
        var task = Ids.Next(command.Clock);
        return await ChangeAsync(customerId, command, contacts, policies, request.Detail, (profile, customer) =>
            ContactDecider.Fail(profile, new AddressFailed(
                Point(customer, request.Channel, request.Address), request.Detail, request.NoticeId)),
            async (batch, customer, isNew, cancellation) =>
            {
                var point = Point(customer, request.Channel, request.Address);
                if (isNew)
                {
                    batch.Append(CollectionTaskStream.Type, task, 0,
                        [TaskDecider.Repair(point, request.NoticeId, command.Clock.Today(customer.EntityZone))]);
                }

                return request.NoticeId is { } notice
                    ? await ComeBackAsync(batch, notice, point, request.Detail, command.Store, cancellation)
                    : null;
            });
    }

    /// <summary>
    /// The notice that came back has reached nobody: what it asked for is due again. A copy that came back is its
    /// reader's matter alone, also while the notice is written anew. Of another channel than it went over nothing is
    /// known by it: the number would be good still, and another one bad.
    /// </summary>
    private static async Task<Refusal?> ComeBackAsync(
        WriteBatch batch, Guid noticeId, ContactPoint point, string detail, EventSourcing.EventStore store,
        CancellationToken cancellation)
    {
        var (notice, version) = await store.LoadAsync(NoticeStream.Type, noticeId, cancellation);
        if (notice.Prepared?.Content.CustomerId != point.CustomerId)
            return NoticeRefusals.NotOfCustomer(noticeId);
        if (notice.IsLeavingFor(point.Address))
            return NoticeRefusals.NotOutYet(noticeId);
        var content = notice.Prepared.Content;
        if (ContactProfile.Key(content.To) != ContactProfile.Key(point.Address))
            return null;
        if (content.Channel.AsContact() != point.Channel)
            return NoticeRefusals.OfAnotherChannel(noticeId, content.Channel);
        batch.Append(NoticeStream.Type, noticeId, version, NoticeDecider.CameBack(notice, detail).Events);
        return null;
    }

    private static async Task<IResult> RestoreAsync(
        Guid customerId, Restoring request, HttpCommand command, ContactBook contacts, PolicyBook policies)
    {
        if (new Validation().Required("/address", request.Address).Required("/reason", request.Reason)
            .Check(IsSentOver(request.Channel), "/channel", NothingSent).Problem is { } problem)
            return problem;
        return await ChangeAsync(customerId, command, contacts, policies, request.Reason, (profile, customer) =>
            ContactDecider.Restore(profile, new AddressRestored(
                Point(customer, request.Channel, request.Address))));
    }

    /// <summary>True where something is sent to an address, so that it may come back.</summary>
    private static bool IsSentOver(ContactChannel channel) => channel
        is ContactChannel.Email or ContactChannel.Sms or ContactChannel.Whatsapp or ContactChannel.Portal;

    /// <summary>False for a number that is said to be one of mail, as where the channel is left out.</summary>
    private static bool IsOf(ContactChannel channel, string address) =>
        channel != ContactChannel.Email || address.Contains('@', StringComparison.Ordinal);

    private static async Task<IResult> Get(
        Guid customerId, ContactBook contacts, PolicyBook policies, EventSourcing.EventStore store, TimeProvider clock,
        HttpContext http)
    {
        if (await contacts.FindAsync(customerId, http.RequestAborted) is not { } customer)
            return Problems.From(Refusal.NotFound("customer", customerId));
        if (Caller.Of(http).Deny(customer.LegalEntity) is { } denied)
            return Problems.From(denied);
        var known = await CompanyProfile.LoadAsync(store, customer, http.RequestAborted);
        var policy = await policies.InForceAsync(customer.LegalEntity, http.RequestAborted);
        return Reply.Ok(ContactProfileView.Of(customer, known.Profile, policy, clock.GetUtcNow()), known.Version);
    }

    private static async Task<IResult> ChangeAsync(
        Guid customerId, HttpCommand command, ContactBook contacts, PolicyBook policies, string reason,
        Func<ContactProfile, ContactableCustomer, Decision> decide,
        Func<WriteBatch, ContactableCustomer, bool, CancellationToken, Task<Refusal?>>? with = null) =>
        await command.CommitAsync(async cancellation =>
        {
            if (await contacts.FindAsync(customerId, cancellation) is not { } customer)
                return Refusal.NotFound("customer", customerId);
            if (command.Caller.Deny(customer.LegalEntity) is { } denied)
                return denied;
            var policy = await policies.InForceAsync(customer.LegalEntity, cancellation);
            var stream = ContactProfileStream.Id(customerId);
            var (profile, version) = await command.Store.LoadAsync(ContactProfileStream.Type, stream, cancellation);
            command.Expect(version);
            var decision = decide(profile, customer);
            var after = decision.Events.Aggregate(profile, ContactProfile.Evolve);
            var batch = new WriteBatch(command.Metadata(reason))
                .Lock(Locks.Contact.Take(customerId))
                .Append(ContactProfileStream.Type, stream, version, decision.Events)
                .Row(ReviewQueue.Request(command.Clock.GetUtcNow(), customerId));
            if (with is not null && await with(batch, customer, decision.Events.Count > 0, cancellation) is { } refusal)
                return refusal;
            return Plan.Write(
                batch,
                Reply.Ok(
                    ContactProfileView.Of(customer, after, policy, command.Clock.GetUtcNow()),
                    version + decision.Events.Count));
        });

    private static ContactPoint Point(ContactableCustomer customer, ContactChannel channel, string address) =>
        new(customer.LegalEntity, customer.Id, channel, address.Trim(), null);
}
