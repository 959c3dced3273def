using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats;

public sealed partial class CamtReader
{
    private void ReadRemittance(List<StructuredRemittance> structured, List<string> unstructured)
    {
        for (var remittance = _xml.Depth; _xml.NextChild(remittance);)
        {
            if (_xml.Name == "Ustrd")
                AddText(unstructured);
            else if (_xml.Name == "Strd")
                AddBounded(structured, ReadStructured());
        }
    }

    private StructuredRemittance ReadStructured()
    {
        var block = new StructuredRemittance();
        List<ReferredDocument>? documents = null;
        List<string>? information = null;
        for (var structured = _xml.Depth; _xml.NextChild(structured);)
        {
            switch (_xml.Name)
            {
                case "CdtrRefInf":
                    block = block with { CreditorReference = ReadCreditorReference() };
                    break;
                case "RfrdDocInf":
                    if (ReadDocument() is { } document)
                        AddBounded(documents ??= [], document);
                    break;
                case "RfrdDocAmt":
                    block = ReadDocumentAmounts(block);
                    break;
                case "AddtlRmtInf":
                    AddText(information ??= []);
                    break;
            }
        }

        return block with { Documents = Kept(documents), AdditionalInformation = Kept(information) };
    }

    private PaymentReference? ReadCreditorReference()
    {
        string? reference = null, type = null, issuer = null;
        for (var element = _xml.Depth; _xml.NextChild(element);)
        {
            if (_xml.Name is "Ref" or "CdtrRef")
                reference = _xml.Text();
            else if (_xml.Name is "Tp" or "CdtrRefTp")
                (type, issuer) = ReadReferenceType();
        }

        return reference is null ? null : PaymentReference.Of(reference, type, issuer);
    }

    private (string? Type, string? Issuer) ReadReferenceType()
    {
        (string? Type, string? Issuer) type = default;
        for (var element = _xml.Depth; _xml.NextChild(element);)
        {
            switch (_xml.Name)
            {
                case "CdOrPrtry": type.Type = ReadCodeOrProprietary(); break;
                case "Cd" or "Prtry": type.Type = _xml.Text(); break;
                case "Issr": type.Issuer = _xml.Text(); break;
            }
        }

        return type;
    }

    private ReferredDocument? ReadDocument()
    {
        string? type = null, number = null;
        for (var document = _xml.Depth; _xml.NextChild(document);)
        {
            if (_xml.Name is "Tp" or "RfrdDocTp")
                type = ReadCodeOrProprietary();
            else if (_xml.Name is "Nb" or "RfrdDocNb")
                number = _xml.Text();
        }

        return number is null ? null : new ReferredDocument(type, number);
    }

    private StructuredRemittance ReadDocumentAmounts(StructuredRemittance block)
    {
        for (var amounts = _xml.Depth; _xml.NextChild(amounts);)
        {
            block = _xml.Name switch
            {
                "DuePyblAmt" => block with { DueAmount = ReadDocumentAmount(block.DueAmount) },
                "DscntApldAmt" => block with { DiscountTaken = ReadDocumentAmount(block.DiscountTaken) },
                "CdtNoteAmt" => block with { CreditNoteAmount = ReadDocumentAmount(block.CreditNoteAmount) },
                "RmtdAmt" => block with { RemittedAmount = ReadDocumentAmount(block.RemittedAmount) },
                _ => block,
            };
        }

        return block;
    }

    /// <summary>
    /// An amount, or from version 4 on one with its type beside it, added to those of its kind before it.
    /// </summary>
    private Money? ReadDocumentAmount(Money? before)
    {
        var amount = _xml.HasAttribute("Ccy") ? _xml.Money() : ReadNestedAmount();
        if (before is not { } sum || amount is not { } next)
            return amount ?? before;
        if (sum.Currency != next.Currency)
        {
            throw _xml.Refuse(StatementRefusals.CurrencyDiffers,
                $"amounts of one kind are in {sum.Currency} and {next.Currency}.");
        }

        return Money.TryOf(sum.Amount + next.Amount, sum.Currency, out var total)
            ? total
            : throw _xml.Refuse(StatementRefusals.AmountUnreadable, "the amounts together are too large.");
    }

    private void AddText(List<string> texts)
    {
        if (_xml.Text() is { } text)
            AddBounded(texts, text);
    }

    private void AddBounded<T>(List<T> list, T item)
    {
        if (list.Count == _limits.MaxRepeats)
            throw _xml.TooMany($"{_limits.MaxRepeats} {_xml.Name} in one payment");
        list.Add(item);
    }
}
