import { conversationSpecs } from './conversation.specs';
import { test } from './support/fixtures';

conversationSpecs(test);
