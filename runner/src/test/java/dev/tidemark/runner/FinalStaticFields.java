package dev.tidemark.runner;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Holds for a class whose static fields are all final. Stateless. */
final class FinalStaticFields extends ArchCondition<JavaClass> {
  FinalStaticFields() {
    super("have no static field that can change");
  }

  @Override
  public void check(JavaClass item, ConditionEvents events) {
    for (JavaField field : item.getFields()) {
      if (field.getModifiers().contains(JavaModifier.STATIC)
          && !field.getModifiers().contains(JavaModifier.FINAL)
          && !field.getModifiers().contains(JavaModifier.SYNTHETIC)) {
        events.add(SimpleConditionEvent.violated(field, field.getDescription() + " is static"));
      }
    }
  }
}
