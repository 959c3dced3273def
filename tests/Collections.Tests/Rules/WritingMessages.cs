using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>COL-06: what a message says, to whom, and what becomes of it.</summary>
public sealed class WritingMessages
{
    private static readonly DateOnly Day = Some.DueDate.AddDays(5);

    private static readonly Contact Ana = new(
        "Ana Ruiz", "accounts-payable", "ana@globex.example", "+44 (0)20 5550-0100", null, Some.Id(), "es");

    private static readonly Contact Bo = Ana with
    {
        Name = "Bo",
        Role = "dispute",
        Phone = "+44 20 5550 0200",
        Id = Some.Id(),
        Language = null,
    };

    private static readonly PlaybookDefined Playbook = Some.Standard with
    {
        Steps =
        [
            Some.Standard.Steps[1] with
            {
                Channel = NoticeChannel.Sms,
                Wording = new Dictionary<string, Wording>
                {
                    ["en"] = new("Invoices past due", "{{entity}}: {{total}} is past due.", "Thank you, {{contact}}."),
                    ["es"] = new("Facturas vencidas", "{{entity}}: {{total}} sin pagar.", "Gracias, {{contact}}."),
                },
            },
        ],
    };

    [Fact]
    public void it_goes_to_accounts_payable_where_the_number_is_international_and_nobody_said_no()
    {
        var readers = MessageReaders.Of([Bo, Ana], []);

        readers[NoticeChannel.Sms].ShouldBe(new MessageReader("Ana Ruiz", "+442055500100", "es"));
        readers[NoticeChannel.Whatsapp].Address.ShouldBe("+442055500100");
        readers[NoticeChannel.Portal].Address.ShouldBe($"{Ana.Id:D}");
        Sms(Bo, Ana with { Phone = "020 5550 0100" }).ShouldBe("+442055500200", "nobody knows of which country it is");
        Sms(Bo, Ana with { Consent = false }).ShouldBe("+442055500200");
        MessageReaders.Of([Bo, Ana], ["sms +442055500100"])[NoticeChannel.Sms].Name.ShouldBe("Bo");
        MessageReaders.Of([Bo, Ana], ["whatsapp +442055500100"])[NoticeChannel.Sms].Name.ShouldBe("Ana Ruiz");
        MessageReaders.Of([Ana], ["sms +442055500100"])[NoticeChannel.Sms].Name
            .ShouldBe("Ana Ruiz", "the rules of contact say why not");
        MessageReaders.Of([Ana with { Phone = null, Id = null }], []).ShouldBeEmpty();

        static string Sms(params Contact[] contacts) => MessageReaders.Of(contacts, [])[NoticeChannel.Sms].Address;
    }

    [Fact]
    public void who_has_no_number_is_named_and_nothing_else_goes_out_instead()
    {
        var plan = DunningPlanner.Plan(
            Day, Playbook, [Some.Customer(Some.Item()) with { Post = ["Globex", "1 Main St", "Austin"] }]);

        plan.ShouldHaveSingleItem().BlockedBy.ShouldBe("no-message-contact");
        Planned().ShouldSatisfyAllConditions(
            notice => notice.BlockedBy.ShouldBeNull(), notice => notice.Channel.ShouldBe(NoticeChannel.Sms),
            notice => notice.Level.ShouldBe(1));
    }

    /// <summary>COL-05: what nobody may be told by message is left out of messages, and of nothing else.</summary>
    [Fact]
    public void invoices_at_the_cap_of_messages_are_left_out_of_them()
    {
        var (full, free) = (Some.Item(number: "A"), Some.Item(number: "B"));
        HashSet<Guid> all = [full.InvoiceId, free.InvoiceId];
        var capped = new CappedInvoices(all, all, new Dictionary<NoticeChannel, IReadOnlySet<Guid>>
        {
            [NoticeChannel.Sms] = new HashSet<Guid> { full.InvoiceId },
        });
        var customer = Some.Customer(full, free) with { AtCap = capped, Readers = MessageReaders.Of([Ana], []) };

        var notice = DunningPlanner.Plan(Day, Playbook, [customer]).ShouldHaveSingleItem();

        (notice.Items.ShouldHaveSingleItem().InvoiceNumber, notice.BlockedBy).ShouldBe(("B", null));
    }

    [Fact]
    public void it_is_short_in_the_language_of_its_reader_and_says_how_to_get_no_more()
    {
        var (id, other) = (Some.Id(), Some.Id());

        var message = Written(Planned(), id);

        message.Text.ShouldBe(
            "Acme: 100.00 USD sin pagar.\nGracias, Ana Ruiz.\nPara no recibir estos mensajes, responda STOP.");
        (message.To, message.ToName, message.FromName, message.Language, message.Subject)
            .ShouldBe(("+442055500100", "Ana Ruiz", "Acme", "es", "Facturas vencidas"));
        var english = Written(Planned(Ana with { Language = "en" }), id);
        english.Text.ShouldEndWith("Thank you, Ana Ruiz.\nReply STOP to get no more messages.");
        Written(Planned() with { Channel = NoticeChannel.Portal }, id).Text.ShouldNotContain("STOP");

        // By its key a provider takes it once: the same for the same words to the same reader, and for nothing else.
        Written(Planned(), id).Key.ShouldBe(message.Key);
        var anew = Planned() with { Customer = Planned().Customer with { NoticeVersion = 3 } };
        string[] keys =
        [
            message.Key, english.Key, Written(Planned(), other).Key, Written(Planned(Bo), id).Key,
            Written(anew, id).Key,
        ];
        keys.Distinct().Count().ShouldBe(5, "what came back is written anew, word for word, and is to arrive");
    }

    /// <summary>What is asked for is never cut; names are, and what would be too long is not written.</summary>
    [Fact]
    public void what_may_be_said_fits_however_long_the_names_are()
    {
        var name = new string('n', 200);
        var longest = Playbook.Steps[0] with
        {
            Wording = new Dictionary<string, Wording>
            {
                ["en"] = new("s", $"{{{{customer}}}} {{{{contact}}}} {{{{entity}}}} {new string('o', 295)}", "c"),
            },
        };
        PlaybookDecider.Define(Playbooks.Playbook.Initial, Playbook with { Steps = [longest] }).Refusal.ShouldBeNull();
        var notice = Planned(Ana with { Name = name });
        var full = notice with { Step = longest, Customer = notice.Customer with { Name = name } };

        var message = new NoticeWriter().WriteMessage(full, Some.Id(), name, Day);

        message.Text.Length.ShouldBeLessThanOrEqualTo(480);
        message.Text.ShouldContain($"{new string('n', 37)}...");
        message.Text.ShouldEndWith("Reply STOP to get no more messages.");
    }

    /// <summary>One sign that is none of GSM 03.38, and half as much fits into what is paid for.</summary>
    [Theory]
    [InlineData("en")]
    [InlineData("es")]
    [InlineData("fr")]
    public void what_is_said_of_itself_has_signs_of_a_text_message_alone(string language)
    {
        const string Signs = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ÄÖÑÜ§¿äöñüà\n";

        var words = new Dictionary<string, Wording> { [language] = new("Past due", "{{contact}}", "{{total}}") };
        var notice = Planned(Ana with { Name = new string('n', 41), Language = language });

        var text = Written(notice with { Step = notice.Step with { Wording = words } }, Some.Id()).Text;

        text.ShouldContain("STOP");
        text.Where(sign => !char.IsAsciiLetter(sign) && !Signs.Contains(sign)).ShouldBeEmpty();
        MessageSteps.Shorten($"{new string('n', 36)}😀{new string('n', 9)}").ShouldBe($"{new string('n', 36)}...");
    }

    /// <summary>A message that was taken and comes back has reached nobody, as a mail.</summary>
    [Fact]
    public void a_message_that_comes_back_has_failed_and_one_that_is_not_true_is_withdrawn()
    {
        var spec = new DeciderSpec<Notice>(Notice.Initial, Notice.Evolve);
        var planned = Planned();
        var content = new NoticeContent(
            Some.Id(), "US01", planned.Customer.CustomerId, Day, planned.Step.Code, NoticeChannel.Sms, "+442055500100",
            planned.Items, planned.Totals);
        var prepared = new NoticePrepared(content, null, Message: Written(planned, Some.Id()));

        spec.Given(prepared, new NoticeSent(content)).When(notice => NoticeDecider.CameBack(notice, "unknown"))
            .Then(new NoticeFailed(content, "unknown"));
        spec.Given(prepared).When(notice => NoticeDecider.NotTaken(notice, "away", Now.AddMinutes(5), Now))
            .Then(new NoticePutOff(content, Now.AddMinutes(5), NoticeDecider.NotTakenYet, Now, "away"));
        var notice = Notice.Evolve(Notice.Initial, prepared);
        var cash = new Accounts.CustomerCash([Some.Usd(40)], []);
        NoticeDecider.Overtaken(notice, TimeSpan.Zero, Item, Accounts.CustomerCash.None, []).ShouldBeNull();
        NoticeDecider.Overtaken(notice, TimeSpan.Zero, (_, _) => null, Accounts.CustomerCash.None, [])
            .ShouldBe("balance-changed");
        NoticeDecider.Overtaken(notice, TimeSpan.Zero, Item, cash, []).ShouldBe("credit-changed");
        NoticeDecider.Overtaken(notice, TimeSpan.FromDays(2), Item, Accounts.CustomerCash.None, [])
            .ShouldBe("too-late");

        ItemFacts? Item(Guid invoice, int installment) => planned.Customer.Items[0];
    }

    /// <summary>An instance of the version before reads every notice that is no message.</summary>
    [Fact]
    public void what_is_no_message_is_stored_as_before()
    {
        var mail = Some.Planned(Day, Some.Customer(Some.Item()));
        var content = new NoticeContent(
            Some.Id(), "US01", mail.Customer.CustomerId, Day, mail.Step.Code, NoticeChannel.Email, "a@b.example",
            mail.Items, mail.Totals);

        System.Text.Json.JsonSerializer.Serialize(new NoticePrepared(content, null), Json.Stored)
            .ShouldNotContain("\"Message\"");
    }

    private static DateTimeOffset Now => new(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);

    private static PlannedNotice Planned(Contact? contact = null) => DunningPlanner.Plan(
        Day, Playbook, [Some.Customer(Some.Item()) with { Readers = MessageReaders.Of([contact ?? Ana], []) }])
        .ShouldHaveSingleItem();

    private static NoticeMessage Written(PlannedNotice notice, Guid id) =>
        new NoticeWriter().WriteMessage(notice, id, "Acme", Day);
}
