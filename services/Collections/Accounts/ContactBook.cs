using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>A customer as one who makes contact must know it.</summary>
/// <param name="Contacts">People to get in touch with, accounts payable first.</param>
/// <param name="Holds">Kinds of the holds that the whole customer is under, or one it was merged with.</param>
/// <param name="MergedWith">All customers that are one company by a merge, the surviving one first; null where it is
/// none but itself.</param>
public sealed record ContactableCustomer(
    Guid Id, string Number, string Name, string LegalEntity, string EntityName, string EntityZone, string? Country,
    string Language, IReadOnlyList<Contact> Contacts, IReadOnlyList<HoldKind> Holds,
    IReadOnlyList<Guid>? MergedWith = null)
{
    /// <summary>Version of Invoicing's word that all but holds and mergers are from.</summary>
    public long Version { get; init; }

    /// <summary>The customers that are one company, the surviving one first; itself where nothing was merged.</summary>
    public IReadOnlyList<Guid> Company => MergedWith ?? [Id];

    /// <summary>True where another customer answers for it.</summary>
    public bool IsMerged => Company[0] != Id;

    /// <summary>
    /// The moment of contact with somebody. Who is named and not where is contacted at their own address: what they
    /// have said about it counts whatever the caller leaves out. An address that no contact has is in the entity's
    /// zone.
    /// </summary>
    public ContactMoment Moment(
        ContactChannel channel, string? address, string? name, ContactRules rules, DateTimeOffset now)
    {
        var contact = Contacts.FirstOrDefault(one => IsAt(one, channel, address, name));
        var at = address ?? AddressOf(contact, channel);
        return new ContactMoment(
            new ContactPoint(LegalEntity, Id, channel, at, name ?? contact?.Name),
            contact?.TimeZone is { } zone && LocalClock.IsTimeZone(zone) ? zone : EntityZone, now, rules, Holds,
            Agrees(channel, at));
    }

    /// <summary>True where a contact over the channel needs an address: some contact has one.</summary>
    public bool HasAddresses(ContactChannel channel) =>
        Contacts.Any(contact => !string.IsNullOrWhiteSpace(AddressOf(contact, channel)));

    /// <summary>
    /// Whether who reads mail at an address agrees to be written to; of several, one who does not is enough. Null where
    /// nobody has said.
    /// </summary>
    public bool? Agrees(string? address) => Contacts
        .Where(contact => address is not null && ContactProfile.Key(contact.Email) == ContactProfile.Key(address))
        .Select(contact => contact.Consent)
        .Aggregate((bool?)null, (all, one) => one is null ? all : one.Value && all != false);

    /// <summary>
    /// Whether they agree to be contacted over a channel. Invoicing's word is about being written to: a no is one to
    /// messages, too; a yes is one to mail alone, for nobody has asked about their telephone or portal.
    /// </summary>
    private bool? Agrees(ContactChannel channel, string? address) => channel switch
    {
        ContactChannel.Email => Agrees(address),
        ContactChannel.Sms or ContactChannel.Whatsapp or ContactChannel.Portal => Contacts.Any(contact =>
            contact.Consent == false && IsAt(contact, channel, address, null))
            ? false
            : null,
        _ => null,
    };

    private static string? AddressOf(Contact? contact, ContactChannel channel) => channel switch
    {
        ContactChannel.Email => contact?.Email,
        ContactChannel.Call or ContactChannel.Sms or ContactChannel.Whatsapp => contact?.Phone,
        ContactChannel.Portal => contact?.Id?.ToString("D"),
        _ => null,
    };

    private static bool IsAt(Contact contact, ContactChannel channel, string? address, string? name)
    {
        var own = channel is ContactChannel.Letter or ContactChannel.Meeting
            ? contact.Phone
            : AddressOf(contact, channel);
        return address is null
            ? name is not null && contact.Name == name
            : ContactProfile.Key(own) == ContactProfile.Key(address);
    }
}

/// <summary>Finds whom to contact, and what must be known at the moment of contact.</summary>
public sealed class ContactBook(NpgsqlDataSource database)
{
    private const string AccountsPayable = "accounts-payable";

    /// <summary>Addresses of the customer <c>c</c> that mail does not reach or may not be sent to.</summary>
    internal const string NoMail =
        """
        array(select f.address from failed_addresses f where f.customer_id = c.id
            union select o.address from opted_out_addresses o where o.customer_id = c.id and o.channel = 'email'
            union select o.address from merged_customers m join opted_out_addresses o on o.customer_id = m.customer_id
                where m.survivor_id = c.id and o.channel = 'email')
        """;

    /// <summary>
    /// Channels and addresses, with a blank between, of the customer <c>c</c> that messages do not reach or may not be
    /// sent to.
    /// </summary>
    internal const string NoMessages =
        """
        array(select f.channel || ' ' || f.address from failed_message_addresses f where f.customer_id = c.id
            union select o.channel || ' ' || o.address from opted_out_addresses o
                where o.customer_id = c.id and o.channel <> 'email'
            union select o.channel || ' ' || o.address from merged_customers m
                join opted_out_addresses o on o.customer_id = m.customer_id
                where m.survivor_id = c.id and o.channel <> 'email')
        """;

    /// <summary>The customers that are one company with the customer <c>c</c> by a merge, itself among them.</summary>
    internal const string Company =
        """
        array(select c.id
            union select m.survivor_id from merged_customers m
                where m.customer_id = c.id and m.survivor_id is not null
            union select m.customer_id from merged_customers m where m.survivor_id = coalesce(
                (select o.survivor_id from merged_customers o where o.customer_id = c.id), c.id))
        """;

    private const string Select =
        """
        select c.id, c.number, c.name, c.legal_entity, coalesce(e.name, c.legal_entity),
               coalesce(e.time_zone, 'UTC'), c.country, c.language, c.contacts::text,
               array(select distinct h.kind from holds h
                   where h.customer_id = any(g.company) and h.status = 'active' and h.invoice_id is null),
               g.company, c.version
        from customers c left join legal_entities e on e.code = c.legal_entity
        cross join lateral (
            select coalesce((select m.survivor_id from merged_customers m where m.customer_id = c.id), c.id) as id) s
        cross join lateral (
            select array_prepend(s.id, array_agg(m.customer_id order by m.customer_id)) as company
            from merged_customers m where m.survivor_id = s.id) g
        where c.id = any($1)
        """;

    private const string AtAddress =
        """
        with recipient as (
            select n.customer_id as id from notices n
            where n.id = $3 and n.legal_entity = $1 and (lower(trim(n.recipient)) = $2 or exists (
                select 1 from contact_attempts a where a.customer_id = n.customer_id and a.notice_id = n.id
                and a.is_copy and lower(trim(a.address)) = $2)))
        select c.id from (
            select id from recipient union
            select id from customers where legal_entity = $1 and mail_addresses(contacts) @> array[$2]) c
        order by c.id not in (select id from recipient), c.id
        """;

    private const string MailAddresses =
        "select distinct lower(trim(value)) from known_contacts where contact_id = $1 and kind = 'email'";

    /// <summary>
    /// The customers of a legal entity that a mail address belongs to: a contact of theirs has it, or this notice of
    /// theirs, or a copy of it, went to it; whom that went to comes first. None where it was erased: neither says it
    /// any more.
    /// </summary>
    public async Task<IReadOnlyList<Guid>> AtAddressAsync(
        string legalEntity, string email, Guid noticeId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(AtAddress);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ContactProfile.Key(email)! });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = noticeId });
        return await command.ReadAsync(row => row.GetGuid(0), cancellation);
    }

    /// <summary>All mail addresses that Invoicing has ever told of a contact, as they are compared.</summary>
    public async Task<IReadOnlyList<string>> MailAddressesAsync(Guid contactId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(MailAddresses);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = contactId });
        return await command.ReadAsync(row => row.GetString(0), cancellation);
    }

    /// <summary>The customer, or null when Invoicing has not told of it.</summary>
    public async Task<ContactableCustomer?> FindAsync(Guid customerId, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await FindAsync(connection, customerId, cancellation);
    }

    /// <summary>The same inside the caller's transaction.</summary>
    public static async Task<ContactableCustomer?> FindAsync(
        NpgsqlConnection connection, Guid customerId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Select, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [customerId] });
        return (await command.ReadAsync(Row, cancellation)).SingleOrDefault();
    }

    /// <summary>Those of them that Invoicing has told of.</summary>
    public async Task<IReadOnlyList<ContactableCustomer>> FindAsync(Guid[] customers, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customers });
        return await command.ReadAsync(Row, cancellation);
    }

    private static ContactableCustomer Row(NpgsqlDataReader row)
    {
        var contacts = JsonSerializer.Deserialize<IReadOnlyList<Contact>>(row.GetString(8), Json.Stored)!;
        return new ContactableCustomer(
            row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
            row.Text(6), row.GetString(7),
            [.. contacts.OrderByDescending(contact => contact.Role == AccountsPayable)],
            [.. row.GetFieldValue<string[]>(9).Select(Kebab.Parse<HoldKind>)], row.GetFieldValue<Guid[]>(10))
        {
            Version = row.GetInt64(11),
        };
    }
}
