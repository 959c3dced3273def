using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

public sealed class WritingMails
{
    private static readonly NoticeWriter Writer = new();

    [Fact]
    public void each_item_stands_there_with_its_own_figures()
    {
        var date = Some.DueDate.AddDays(12);
        var mail = Write(date, Some.Customer(
            Some.Item(Some.DueDate, amount: 1000, balance: 111.11m, number: "INV-1"),
            Some.Item(Some.DueDate.AddDays(5), amount: 2000, balance: 222.22m, number: "INV-2"),
            Some.Item(Some.DueDate.AddDays(11), amount: 3000, number: "INV-3") with { Installment = 2 }));

        mail.Subject.ShouldBe("Second notice: 3,333.33 USD past due to Acme Inc");
        mail.To.ShouldBe("ap@globex.example");
        mail.Text.ShouldContain(
            """
            INV-1
              Due date: March 31, 2026 (12 days overdue)
              Original amount: 1,000.00 USD
              Balance due: 111.11 USD

            INV-2
              Due date: April 5, 2026 (7 days overdue)
              Original amount: 2,000.00 USD
              Balance due: 222.22 USD

            INV-3 (installment 2)
              Due date: April 11, 2026 (1 day overdue)
              Original amount: 3,000.00 USD
              Balance due: 3,000.00 USD

            Total due: 3,333.33 USD
            """);
        mail.Text.ShouldStartWith("Dear Ana Ruiz,\n\n");
        mail.Text.TrimEnd().ShouldEndWith("Sincerely,\nAcme Inc");
        mail.Html.ShouldContain("111.11 USD</td>");
        mail.Html.ShouldContain("<strong>3,333.33 USD</strong>");
    }

    [Theory]
    [InlineData("es", "1 de abril de 2026", "1 día de atraso", "1,234.50 USD", "Estimado/a Ana Ruiz:")]
    [InlineData("fr", "1er avril 2026", "1 jour de retard", "1 234,50 USD", "Bonjour Ana Ruiz,")]
    [InlineData("de", "April 1, 2026", "1 day overdue", "1,234.50 USD", "Dear Ana Ruiz,")]
    public void a_customer_is_written_to_in_its_language(
        string language, string dueDate, string status, string balance, string greeting)
    {
        var due = new DateOnly(2026, 4, 1);
        var mail = Write(due.AddDays(1), Some.Customer(Some.Item(due, amount: 1234.5m)) with { Language = language });

        foreach (var body in new[] { mail.Text, mail.Html })
        {
            body.ShouldContain(dueDate);
            body.ShouldContain(status);
            body.ShouldContain(balance);
            body.ShouldContain(greeting);
        }
    }

    /// <summary>No line ends before a mark, whoever wrote the playbook; names stay as they are.</summary>
    [Fact]
    public void french_is_set_as_french()
    {
        var customer = Some.Customer(Some.Item()) with { Language = "fr", Name = "Chez l'Ami : vins" };
        var planned = Some.Planned(Some.DueDate.AddDays(20), customer);

        var mail = Writer.Write(planned, Some.Id(), "Acme Inc", "acme.example", Some.DueDate.AddDays(20));

        mail.Subject.ShouldStartWith("Dernier rappel\u00A0: 100,00\u00A0USD");
        mail.Text.ShouldContain("les conditions de crédit de Chez l'Ami : vins.");
        mail.Text.ShouldContain("dès aujourd’hui\u00A0; nous préférons");
        var ours = mail.Text.Replace("l'Ami : vins", "");
        foreach (var plain in new[] { " :", " ;", " ?", " !", "'" })
            ours.ShouldNotContain(plain);
    }

    /// <summary>Who reads it counts more than the company, as far as the step has words for it.</summary>
    [Theory]
    [InlineData("fr", "en", "fr")]
    [InlineData(null, "es", "es")]
    [InlineData("de", "es", "es")]
    [InlineData("de", "it", "en")]
    public void whoever_reads_it_is_written_to_in_their_own_language(string? theirs, string companys, string written)
    {
        var customer = Some.Customer(Some.Item());
        customer = customer with { Language = companys, Recipient = customer.Recipient! with { Language = theirs } };

        Write(Some.DueDate.AddDays(1), customer).Language.ShouldBe(written);
    }

    [Fact]
    public void a_mail_names_its_reference_and_level_and_says_how_to_pay_as_a_letter_does()
    {
        var date = Some.DueDate.AddDays(12);
        var planned = Some.Planned(date, Some.Customer(Some.Item()));
        var id = Some.Id();
        var head = new LetterheadDefined(
            "US01", "Acme Incorporated", new PostalAddress("9 Texas Ave", null, "Austin", "78701", "TX"),
            null, null, "ar@acme.example", "+15125550100", "Dana Whitfield", "12-345", "ABA 7", "Thank you.",
            "https://pay.example/?c={customer}", null);

        var mail = Writer.Write(planned, id, "Acme Inc", "acme.example", date, head);

        foreach (var body in new[] { mail.Text, System.Net.WebUtility.HtmlDecode(mail.Html) })
        {
            body.ShouldContain("Customer no.: CUST-US01-000001");
            body.ShouldContain($"Our reference: {$"{id:N}"[..8].ToUpperInvariant()}");
            body.ShouldContain("Reminder level: 2");
            body.ShouldContain("How to pay: Thank you.");
            body.ShouldContain("Account: 12-345 · ABA 7");
            body.ShouldContain("Pay online: https://pay.example/?c=CUST-US01-000001");
        }

        // Who is asked to reply knows to whom, and the answer gets there.
        mail.ReplyTo.ShouldBe("ar@acme.example");
        mail.Text.TrimEnd().ShouldEndWith("Sincerely,\nAcme Inc\nDana Whitfield\n+15125550100\nar@acme.example");
        mail.Html.ShouldContain("Acme Inc<br>Dana Whitfield<br>");

        Write(Some.DueDate.AddDays(-3), Some.Customer(Some.Item())).Text.ShouldNotContain("Reminder level");
    }

    /// <summary>COL-17: nobody is asked for more than what is left of what they have to their credit.</summary>
    [Theory]
    [InlineData("en", "Total due: 1,000.00 USD\nCredit memos, not yet applied: -900.00 USD\n" +
        "Payments received, not yet applied: -40.00 USD\nPlease pay: 60.00 USD")]
    [InlineData("es", "Notas de crédito por aplicar: -900.00 USD\nPagos recibidos por aplicar: -40.00 USD\n" +
        "Importe a pagar: 60.00 USD")]
    [InlineData("fr", "À payer : 60,00 USD")]
    public void what_is_to_the_customers_credit_is_taken_off_and_named(string language, string said)
    {
        var customer = Some.Customer(Some.Item(amount: 1000)) with
        {
            Language = language,
            Cash = new([Some.Usd(40)], []) { Credits = [Some.Usd(900)] },
        };

        var mail = Write(Some.DueDate.AddDays(1), customer);

        mail.Text.ShouldContain(said);
        mail.Subject.ShouldContain(language == "fr" ? "60,00 USD" : "60.00 USD");
        mail.Html.ShouldContain(language == "fr" ? "<strong>60,00 USD</strong>" : "<strong>60.00 USD</strong>");
    }

    [Theory]
    [InlineData("en")]
    [InlineData("es")]
    [InlineData("fr")]
    public void every_step_has_words_of_its_own_in_every_language(string language)
    {
        var mails = Some.Standard.Steps
            .Select(step => Write(
                Some.DueDate.AddDays(step.OffsetDays), Some.Customer(Some.Item()) with { Language = language }))
            .ToList();

        mails.Select(mail => mail.Subject).Distinct().Count().ShouldBe(4);
        mails.ShouldAllBe(mail => mail.Language == language && !mail.Text.Contains("{{") && !mail.Html.Contains("{{"));
    }

    /// <summary>Everything that a wording may name, in each language; who is to be turned to is the legal entity where
    /// its letterhead names nobody.</summary>
    [Theory]
    [InlineData("en", "CUST-US01-000001|INV-1 (installment 2)|March 31, 2026|12|2|Dana Whitfield")]
    [InlineData("es", "CUST-US01-000001|INV-1 (parcialidad 2)|31 de marzo de 2026|12|2|Dana Whitfield")]
    [InlineData("fr", "CUST-US01-000001|INV-1 (versement 2)|31 mars 2026|12|2|Dana Whitfield")]
    public void a_wording_names_the_oldest_item_the_level_and_who_is_to_be_turned_to(
        string language, string opening)
    {
        var wording = new Wording(
            "{{contact}} {{customer}} {{entity}} {{total}} {{count}} {{date}}",
            "{{customerNumber}}|{{oldestInvoice}}|{{oldestDueDate}}|{{daysOverdue}}|{{level}}|{{collector}}", "c");
        var playbook = Some.Standard with
        {
            Steps =
            [
                .. Some.Standard.Steps.Select(step => step.OffsetDays < 0 ? step : step with
                {
                    Wording = new Dictionary<string, Wording> { ["en"] = wording, [language] = wording },
                }),
            ],
        };
        PlaybookDecider.Define(Playbook.Initial, playbook).Refusal.ShouldBeNull();
        var date = Some.DueDate.AddDays(12);
        var customer = Some.Customer(
            Some.Item(Some.DueDate.AddDays(5), number: "INV-2"),
            Some.Item(number: "INV-1") with { Installment = 2 }) with
        {
            Language = language,
        };
        var head = new LetterheadDefined(
            "US01", "Acme Incorporated", new PostalAddress("9 Texas Ave", null, "Austin", "78701", "TX"),
            null, null, null, null, "Dana Whitfield", null, null, null, null, null);

        Mail(head).Text.ShouldContain(opening);
        foreach (var none in new[] { head with { ContactName = null }, null })
            Mail(none).Text.ShouldContain(opening.Replace("Dana Whitfield", "Acme Inc"));

        NoticeMail Mail(LetterheadDefined? letterhead) => Writer.Write(
            DunningPlanner.Plan(date, playbook, [customer]).Single(), Some.Id(), "Acme Inc", "acme.example", date,
            letterhead);
    }

    [Fact]
    public void nothing_that_a_customer_or_a_playbook_says_becomes_markup_or_a_header()
    {
        var customer = Some.Customer(Some.Item(number: "<img src=x>")) with
        {
            Name = "A&B <script>alert(1)</script>",
            Recipient = new Recipient("Ana <b>\r\nBcc: all@globex.example", "ap@globex.example"),
        };
        var playbook = Some.Standard with
        {
            Steps =
            [
                Some.Standard.Steps[1] with
                {
                    Wording = new Dictionary<string, Wording>
                    {
                        ["en"] = new("{{customer}} {{contact}}", "<h1>{{customer}}</h1>", "</body>"),
                    },
                },
            ],
        };

        var planned = DunningPlanner.Plan(Some.DueDate.AddDays(1), playbook, [customer]).Single();
        var mail = Writer.Write(planned, Some.Id(), "Acme & Sons", "acme.example", Some.DueDate.AddDays(1));

        mail.Html.ShouldNotContain("<script>");
        mail.Html.ShouldNotContain("<img");
        mail.Html.ShouldNotContain("<h1>");
        mail.Html.ShouldContain("&lt;h1&gt;A&amp;B &lt;script&gt;");
        mail.Subject.ShouldNotContain("\n");
        mail.Subject.ShouldNotContain("\r");
        mail.Text.ShouldContain("<h1>A&B <script>");
    }

    [Fact]
    public void the_message_id_is_that_of_the_notice_and_who_gets_it()
    {
        var planned = Some.Planned(Some.DueDate.AddDays(1), Some.Customer(Some.Item()));
        var id = NoticeStream.Id("US01", planned.Customer.CustomerId, Some.DueDate);

        var mail = Writer.Write(planned, id, "Acme", "acme.example", Some.DueDate);
        mail.MessageId.ShouldStartWith($"<{id:N}.");
        mail.MessageId.ShouldEndWith("@acme.example>");
        Write(planned).ShouldBe(mail.MessageId);

        // What came back goes to somebody else, and is another mail.
        Write(planned with
        {
            Customer = planned.Customer with { Recipient = new Recipient("Luc", "luc@globex.example") },
        }).ShouldNotBe(mail.MessageId);
        NoticeStream.Id("US01", planned.Customer.CustomerId, Some.DueDate).ShouldBe(id);
        NoticeStream.Id("US01", planned.Customer.CustomerId, Some.DueDate.AddDays(1)).ShouldNotBe(id);

        string Write(PlannedNotice notice) =>
            Writer.Write(notice, id, "Acme", "acme.example", Some.DueDate).MessageId;
    }

    /// <summary>The space before a currency does not break; tests read better with a plain one.</summary>
    private static NoticeMail Write(DateOnly date, CustomerFacts customer)
    {
        var mail = Writer.Write(Some.Planned(date, customer), Some.Id(), "Acme Inc", "acme.example", date);
        return mail with { Subject = Plain(mail.Subject), Text = Plain(mail.Text), Html = Plain(mail.Html) };
    }

    private static string Plain(string text) => text.Replace('\u00A0', ' ').Replace("&#160;", " ");
}
